// A store, an engine and a lake in a folder that is gone afterwards, for this room's tests.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault, must, parseTenant, type Tenant } from '@tessera/base';
import type { Engine, ObjectStore, Row, Rows, TableName, TenantLake } from '../contract.ts';
import { createEngine } from '../engine.ts';
import { createFolderStore } from '../folder-store.ts';
import { parseTableName } from '../keys.ts';
import { text } from '../sql-text.ts';
import { openTenantLake } from '../tenant-lake.ts';

export interface Lab {
  readonly folder: string;
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly tenant: Tenant;
  readonly lake: TenantLake;
  /** A second lake on the same folder that shares no memory with the first, as another process would have it. */
  anotherLake(tenant?: string): TenantLake;
  rows(source: Rows, order?: string): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openLab(): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'lakehouse-'));
  const store = createFolderStore(join(folder, 'lake'));
  const engine = await createEngine({ scratch: join(folder, 'scratch'), memoryLimit: '512MB' });
  const tenant = must(parseTenant('acme-corp'));
  const anotherLake = (name = 'acme-corp') => openTenantLake(store, engine, must(parseTenant(name)));
  return {
    folder,
    store,
    engine,
    tenant,
    lake: anotherLake(),
    anotherLake,
    rows: (source, order = 'all') => engine.query(`from (${source.sql}) order by ${order}`),
    async close() {
      engine.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A source of the columns id and n. */
export const pairs = (...of: readonly (readonly [string, number | null])[]): Rows => ({
  sql:
    of.length === 0
      ? "select 'x' as id, 1::bigint as n where false"
      : `select * from (values ${of.map(([id, n]) => `(${text(id)}, ${n}::bigint)`).join(', ')}) t(id, n)`,
});

export const withCode = (wanted: string) => (error: unknown) => error instanceof Fault && error.code === wanted;

export const tableName = (name: string): TableName => must(parseTableName(name));
