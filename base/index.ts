// The door of base: names, results, faults, settings, events and the clock that every other room shares.
export { type Asking, type Call, createCall } from './call.ts';
export { type ClientAddress, createClientAddress } from './client-address.ts';
export { type Clock, fixedClock, systemClock } from './clock.ts';
export { type Contract, type ContractChange, compareContracts } from './contract.ts';
export { type Observe, observeAsJsonLines, observeNothing, type TesseraEvent } from './event.ts';
export { asFault, Fault, type FaultCode, type FaultParams } from './fault.ts';
export { faults } from './faults.ts';
export { listen } from './listen.ts';
export { isSourceName, type Layer, layers, type SourceName, sources } from './names.ts';
export { type QueryLimits, type Quota, queryLimitsSchema, quotaSchema, sqlSessionsSchema } from './quota.ts';
export {
  createReach,
  isThisMachine,
  networksFor,
  type Reach,
  type ReachNeeds,
  type Resolve,
  thisMachine,
} from './reach.ts';
export { renderSettings } from './render-settings.ts';
export { fail, must, ok, type Result } from './result.ts';
export { options, readSettings, type Settings } from './settings.ts';
export { isTenant, parseTenant, sqlName, type Tenant, tenantCatalog } from './tenant.ts';
