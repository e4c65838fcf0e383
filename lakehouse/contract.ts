// The lakehouse's contracts. Implementations are beside this file.

export type * from './contract/engine.ts';
export type * from './contract/lake.ts';
export type * from './contract/leases.ts';
export type * from './contract/quarantine.ts';
export type * from './contract/raw.ts';
export type * from './contract/records.ts';
export type * from './contract/release.ts';
export type * from './contract/store.ts';
export type * from './contract/table.ts';
