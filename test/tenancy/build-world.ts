// The tenants' lakes on disk, by the product's own store, tables and releases. The asker's lake is made once and copied, so that two worlds differ in the others alone.
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { must, readSettings, type Tenant } from '@tessera/base';
import { parseTableName, type Release } from '@tessera/lakehouse';
import { parseTenantConfig, type TenantConfig } from '@tessera/pipeline';
import { type ColumnMeta, type GoldTable, goldTables } from '@tessera/transforms/gold-meta';
import { type Lakes, openLakes } from '../../cli/open-lakes.ts';
import { seedOperations } from './seed-operations.ts';
import { asker, type Cell, canary, marked, type Row, rowsOf, tenants, twin } from './world.ts';

export const asOf = new Date('2026-01-21T00:00:00Z');
/** A tenant that nobody can sign in to: its one copy holds everybody's rows, for the day on which files are a tenant's no more. */
export const pooled = 'pooled-inc' as Tenant;

export interface Homes {
  /** Only the asker's lake. */
  readonly alone: string;
  /** All three, and the pool. */
  readonly full: string;
}

export async function buildWorld(folder: string): Promise<Homes> {
  const homes = { alone: path.join(folder, 'alone'), full: path.join(folder, 'full') };
  await build(homes.alone, async (lakes) => {
    await fill(lakes, asker, (table) => rowsOf(asker, table));
    await lakes.keys.maskKeyOf(asker);
    await lakes.keys.secrets.set(asker, 'okta', 'own-secret');
  });
  await mkdir(homes.full);
  await cp(homes.alone, homes.full, { recursive: true });
  await build(homes.full, async (lakes) => {
    for (const tenant of [twin, marked]) {
      await fill(lakes, tenant, (table) => rowsOf(tenant, table));
      await lakes.keys.maskKeyOf(tenant);
      await lakes.keys.secrets.set(tenant, 'okta', `${canary}-secret-${tenant}`);
    }
    await fill(lakes, pooled, (table) => tenants.flatMap((tenant) => rowsOf(tenant, table)));
  });
  return homes;
}

export const configOf = (tenant: Tenant): TenantConfig =>
  parseTenantConfig(
    {
      tenant,
      displayName: tenant === asker ? 'Acme' : `${canary}-name-${tenant}`,
      timeZone: 'UTC',
      orgId: `${tenant}-hq`,
      embedOrigins: [tenant === asker ? 'https://portal.example' : `https://portal.${tenant}.example`],
      connections: [{ source: 'okta', settings: {} }],
    },
    'test',
  );

async function build(home: string, work: (lakes: Lakes) => Promise<void>): Promise<void> {
  const lakes = await openLakes(readSettings({ TESSERA_HOME: home }));
  try {
    await work(lakes);
  } finally {
    lakes.close();
  }
}

async function fill(lakes: Lakes, tenant: Tenant, rows: (table: GoldTable) => readonly Row[]): Promise<void> {
  const lake = lakes.openLake(tenant);
  const versions: Record<string, number> = {};
  const counts: Record<string, number> = {};
  for (const [name, { columns }] of Object.entries(goldTables)) {
    const table = name as GoldTable;
    const metas = Object.entries<ColumnMeta>(columns);
    const types = Object.fromEntries(metas.map(([column, { type }]) => [column, type]));
    const list = rows(table);
    const tuples = list.map((row) => `(${metas.map(([column, { type }]) => literal(row[column], type)).join(', ')})`);
    const sql = `select * from (values ${tuples.join(', ')}) t(${Object.keys(types).join(', ')})`;
    const delta = lake.table('gold', must(parseTableName(name)), { columns: types });
    versions[name] = (await lakes.engine.session((session) => delta.overwrite(session, { sql }))).version;
    counts[name] = list.length;
  }
  const seen = { newestOccurredAt: asOf.toISOString(), newestIngestAt: asOf.toISOString(), checkedAt: null };
  const release: Release = {
    number: 1,
    at: asOf,
    asOf,
    run: 'first',
    tables: versions,
    inputs: {},
    rows: counts,
    sources: { okta: seen },
  };
  await lake.releases.publish(release);
  await seedOperations(lake, asOf);
}

const literal = (value: Cell | undefined, type: ColumnMeta['type']): string =>
  value === null || value === undefined
    ? `null::${type}`
    : typeof value === 'string'
      ? `'${value.replaceAll("'", "''")}'::${type}`
      : `${value}::${type}`;
