// Real serving copies of tenants without a row, in the real engine: for tests that ask it something of their own in place of questions about sign-ins.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Tenant } from '@tessera/base';
import {
  createEngine,
  createFolderStore,
  createServing,
  openTenantLake,
  type Release,
  type ServingDoor,
} from '@tessera/lakehouse';
import { createCubeDriver, TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import { type ColumnMeta, goldTables } from '@tessera/transforms/gold-meta';
import { type Served, serveTenants } from './served-tenants.ts';

export interface EmptyCopies {
  readonly serving: ServingDoor;
  /** Cube over them; `inPlace` gives what the engine is asked for sign-ins, `timeoutMs` how long a question of a tenant may take. */
  serve(inPlace: () => string, timeoutMs?: (tenant: Tenant) => number | undefined): Promise<Served>;
  close(): Promise<void>;
}

export async function openEmptyCopies(tenants: readonly Tenant[]): Promise<EmptyCopies> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-empty-copies-'));
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  const tables = Object.fromEntries(
    Object.entries(goldTables).map(([name, { columns }]) => [
      name,
      { columns: Object.fromEntries(Object.entries<ColumnMeta>(columns).map(([column, { type }]) => [column, type])) },
    ]),
  );
  const serving = createServing({ folder: path.join(folder, 'serving'), tables });
  for (const tenant of tenants) {
    const lake = openTenantLake(createFolderStore(path.join(folder, 'lake')), engine, tenant);
    const at = new Date('2026-03-01T00:00:00Z');
    const release: Release = { number: 1, at, asOf: at, run: 'r1', tables: {}, rows: {}, inputs: {}, sources: {} };
    await lake.releases.publish(release);
    await serving.build(lake, release);
  }
  return {
    serving,
    serve: (inPlace, timeoutMs) =>
      serveTenants({
        dialect: TesseraDuckDbQuery,
        driverFor(tenant, release) {
          const driver = createCubeDriver(serving, tenant, release, timeoutMs?.(tenant));
          const query = driver.query.bind(driver);
          return Object.assign(driver, {
            query: (sql: string, values: unknown[]) =>
              sql.includes('fact_auth_event') ? query(inPlace(), []) : query(sql, values),
          });
        },
      }),
    async close() {
      serving.close();
      engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
