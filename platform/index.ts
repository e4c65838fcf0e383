// The door of the platform: its HTTP application and what it tells of a tenant.
export type { AskLayer } from './cube/ask.ts';
export { type Cube, type CubeNeeds, createCube, type ServedModel } from './cube/create-cube.ts';
export type { EmbedBroker, EmbedGrant, MintedEmbed } from './embeds/contract.ts';
export { createEmbeds, type EmbedNeeds, type Embeds } from './embeds/create-embeds.ts';
export { createPowerBiBroker, type PowerBiNeeds } from './embeds/power-bi.ts';
export { createPolicyExplainer, type ExplainPolicy } from './explain-policy.ts';
export { createFairness, type Fairness } from './fairness/create-fairness.ts';
export { fairRoute } from './fairness/fair-route.ts';
export { limitBody, limitConnections, serverOptions } from './fairness/limit-server.ts';
export { createHttpApp, type HttpNeeds } from './http-app.ts';
export { createEmfMetrics, type EmfMetrics } from './metrics/emf.ts';
export { createPrometheusMetrics, type PrometheusMetrics, serveMetrics } from './metrics/prometheus.ts';
export { renderOpenApi } from './openapi.ts';
export { createTrailReader, type TrailNeeds } from './read-trail.ts';
export { createReveal, type Reveal, type RevealNeeds, revealPurposes } from './reveal-tokens.ts';
export type { PlatformNeeds } from './routes.ts';
export { mountedRoutes, probeRoutes } from './self-probe.ts';
export { planTenantStatus, type SourceCheck, type SourceStatus, type TenantStatus } from './tenant-status.ts';
