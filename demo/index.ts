// The door of demo: the invented tenants and the exact answers on them.
export { generateWorld, type WorldOptions } from './generate/index.ts';
export * from './vendors/index.ts';
export { type EventLog, type Json, recordAt, type TenantWorld, type Versioned, type World } from './world.ts';
