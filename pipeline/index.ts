// The door of the pipeline: a tenant's configuration, one run of it, and the schedule.
export { type RunNeeds, type RunOutcome, runName, runTenant } from './run-tenant.ts';
export { type Schedule, startSchedule } from './schedule.ts';
export { type SourceOutcome, type SyncTenantNeeds, syncTenant } from './sync-tenant.ts';
export {
  type Connection,
  checkConnections,
  type LameConnection,
  parseTenantConfig,
  readTenantConfigs,
  resolveSettings,
  type SecretOf,
  type TenantConfig,
} from './tenant-config.ts';
