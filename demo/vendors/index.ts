// The door of the vendor stand-ins.
export { demoCredentials, type OktaApp, type VendorCredentials } from './credentials.ts';
export { demoFaults, type FaultKind, type FaultPlan, noFaults } from './fault-schedule.ts';
export { createOktaEventHook, type OktaEventHook, renderDelivery } from './okta/event-hooks.ts';
export { type Replay, replayWorld } from './replay/replay-world.ts';
export type { Limits } from './vendor.ts';
export { createVendorServer, type VendorOptions, type VendorServer } from './vendor-server.ts';
export { createVendors, type Vendors, type VendorUrls, vendorUrls } from './vendors.ts';
export type { Sees } from './visibility.ts';
