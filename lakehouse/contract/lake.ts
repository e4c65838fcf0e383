// All of one tenant's lake.
import type { Layer, Tenant } from '@tessera/base';
import type { Leases } from './leases.ts';
import type { Quarantine } from './quarantine.ts';
import type { Inbox, RawPages } from './raw.ts';
import type { ControlNote, DeadLetter, DriftRecord, FreshnessRecord, RunRecord } from './records.ts';
import type { Releases } from './release.ts';
import type { DeltaTable, TableName, TableOptions } from './table.ts';

/** All of one tenant's lake, and nothing else: no method takes a path or another tenant. */
export interface TenantLake {
  readonly tenant: Tenant;
  table(layer: Layer, name: TableName, options: TableOptions): DeltaTable;
  readonly raw: RawPages;
  /** What was sent to us and is not in bronze yet, under inbox/. */
  readonly inbox: Inbox;
  readonly releases: Releases;
  /** Bad records with their reason, as JSON lines objects under quarantine/. */
  readonly quarantine: Quarantine;
  /** What failed after its last attempt, under dead-letter/: one object an input and stage, by `DeadLetter.id`. */
  readonly deadLetters: Documents<DeadLetter>;
  /** Runs that did something, by name, under runs/. */
  readonly runs: Documents<RunRecord>;
  /** What an operator ordered, under control/. */
  readonly control: Documents<ControlNote>;
  /** How old each source's data has been, under freshness/: bounded, whatever the history. */
  readonly freshness: Documents<FreshnessRecord>;
  /** The conservation ledger: an entry a run that changed something, accounts of staging, and what is open, under ledger/. */
  readonly ledger: Documents<object>;
  /** What vendors send that nobody declared, under drift/: one object a stream, named `<source>.<stream>`. Names and counts, no values. */
  readonly drift: Documents<DriftRecord>;
  readonly leases: Leases;
}

/** Small JSON objects by name. */
export interface Documents<T> {
  put(name: string, value: T): Promise<void>;
  get(name: string): Promise<T | undefined>;
  /** In order of name; with `newest`, the last so many. */
  list(newest?: number): Promise<readonly T[]>;
  remove(name: string): Promise<void>;
}
