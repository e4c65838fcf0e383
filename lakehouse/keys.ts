// Makes every key of the store. A key starts with a parsed tenant's prefix (or platform/benchmarks/), and no other code can make one.
import { Fault, fail, type Layer, must, ok, type Result, type SourceName, type Tenant } from '@tessera/base';
import type { ObjectKey, TableName } from './contract.ts';

const segment = /^[A-Za-z0-9][A-Za-z0-9._=-]*$/;
const tableName = /^[a-z][a-z0-9]*(_{1,2}[a-z0-9]+)*$/;

/** unknown → TableName, or NAME_INVALID. */
export function parseTableName(value: unknown): Result<TableName> {
  const fits = typeof value === 'string' && value.length <= 100 && tableName.test(value);
  if (fits) return ok(value as TableName);
  return fail(new Fault('NAME_INVALID', { kind: 'table name', length: typeof value === 'string' ? value.length : 0 }));
}

/** Name of a source's bronze table: `<source>__<stream>`. */
export const bronzeName = (source: SourceName, stream: string): TableName =>
  must(parseTableName(`${source}__${stream}`));

/** The folders directly under a tenant's prefix. */
export const areas = [
  'raw',
  'inbox',
  'bronze',
  'silver',
  'gold',
  'products',
  'quarantine',
  'parked',
  'dead-letter',
  'releases',
  'backup',
  'leases',
  'runs',
  'control',
  'drift',
  'ledger',
  'freshness',
] as const;
export type Area = (typeof areas)[number];

/** Everything of one tenant: `tenant-<id>/`. */
export const tenantPrefix = (tenant: Tenant): ObjectKey => `tenant-${tenant}/` as ObjectKey;

/** A name that can be one step of a key; anything that could leave its folder is NAME_INVALID. */
export function keySegment(name: string): string {
  // Two dots are refused even inside a name, so that no reader of keys has to decide what they mean.
  if (name.length > 200 || !segment.test(name) || name.includes('..')) {
    throw new Fault('NAME_INVALID', { kind: 'name', length: name.length });
  }
  return name;
}

/** `tenant-<id>/<area>/<segments…>`; a last segment '' makes the prefix of a folder. */
export function tenantKey(tenant: Tenant, area: Area, ...segments: readonly string[]): ObjectKey {
  const last = segments.length - 1;
  const safe = segments.map((s, i) => (s === '' && i === last ? '' : keySegment(s)));
  return [`tenant-${tenant}`, area, ...safe].join('/') as ObjectKey;
}

/** `platform/benchmarks/<name>`: released aggregates, the one path across tenants. */
export const benchmarkKey = (name: string): ObjectKey => `platform/benchmarks/${keySegment(name)}` as ObjectKey;

/** `tenant-<id>/<layer>/<table>/`: root of a Delta table, with its slash. */
export const tableRoot = (tenant: Tenant, layer: Layer, name: TableName): ObjectKey =>
  tenantKey(tenant, layer, name, '');

/** A key below a folder's key; every step is checked. */
export const keyBelow = (root: ObjectKey, ...segments: readonly string[]): ObjectKey =>
  (root + segments.map(keySegment).join('/')) as ObjectKey;

/** A name in a table's log folder. */
export const deltaLogKey = (root: ObjectKey, name: string): ObjectKey => {
  if (name !== '' && name !== '_last_checkpoint') keySegment(name);
  return `${root}_delta_log/${name}` as ObjectKey;
};

const day = (at: Date): string => at.toISOString().slice(0, 10);

/** `tenant-<id>/raw/<source>/<stream>/`, with a date: from which day on. */
export const rawPrefix = (tenant: Tenant, source: SourceName, stream: string): ObjectKey =>
  tenantKey(tenant, 'raw', source, stream, '');

/** Sorts before every raw page received on `at`'s UTC day or later. */
export const rawDayKey = (tenant: Tenant, source: SourceName, stream: string, at: Date): ObjectKey =>
  tenantKey(tenant, 'raw', source, stream, day(at), '');

/** `raw/<source>/<stream>/<date>/<run>-<page>.json.zst` and the sidecar that makes the page exist. */
export function rawPageKeys(
  tenant: Tenant,
  page: {
    readonly source: SourceName;
    readonly stream: string;
    readonly run: string;
    readonly page: number;
    readonly receivedAt: Date;
  },
): { readonly body: ObjectKey; readonly meta: ObjectKey } {
  const folder = [page.source, page.stream, day(page.receivedAt)];
  const stem = rawPageStem(page.run, page.page);
  return {
    body: tenantKey(tenant, 'raw', ...folder, `${stem}.json.zst`),
    meta: tenantKey(tenant, 'raw', ...folder, `${stem}.meta.json`),
  };
}

/** `raw/<source>/<stream>/parts/<n>.json`: what a staging took; with n '' the folder of them. */
export const rawPartKey = (tenant: Tenant, source: SourceName, stream: string, number: number | ''): ObjectKey =>
  tenantKey(
    tenant,
    'raw',
    ...[source, stream, 'parts', number === '' ? '' : `${String(number).padStart(12, '0')}.json`],
  );

/** `<run>-<page>`, the page padded so that keys sort as pages do. */
export const rawPageStem = (run: string, page: number): string => `${run}-${String(page).padStart(6, '0')}`;

/** `releases/<n>.json`. */
export const releaseKey = (tenant: Tenant, number: number): ObjectKey =>
  tenantKey(tenant, 'releases', `${String(number)}.json`);
