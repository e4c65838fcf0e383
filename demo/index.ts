// The door of demo: the invented tenants and the exact answers on them.

export { type DemoTenantConfig, demoTenantConfig } from './connections.ts';
export { type DemoServer, startDemoServer } from './demo-server.ts';
export { generateWorld, type WorldOptions } from './generate/index.ts';
export { createIssuer, type DemoIssuer, type IssuerOptions } from './issuer/index.ts';
export {
  appClientId,
  audience,
  cliClientId,
  demoFolder,
  demoIssuerUrl,
  mintDemoToken,
  type TokenRequest,
} from './issuer/mint.ts';
export { type Truth, type TruthCase, truthOf, weeklySyncs, writeTruth } from './truth/index.ts';
export * from './vendors/index.ts';
export { type EventLog, type Json, recordAt, type TenantWorld, type Versioned, type World } from './world.ts';
