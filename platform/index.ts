// The door of the platform: its HTTP application and what it tells of a tenant.
export { type Cube, type CubeNeeds, createCube, type ServedModel } from './cube/create-cube.ts';
export { createHttpApp, type HttpNeeds } from './http-app.ts';
export { renderOpenApi } from './openapi.ts';
export type { PlatformNeeds } from './routes.ts';
export { planTenantStatus, type SourceCheck, type SourceStatus, type TenantStatus } from './tenant-status.ts';
