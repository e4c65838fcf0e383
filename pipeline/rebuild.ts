// Raw is enough: bronze, silver and gold made again from raw pages alone in a scratch lake, and compared with what is there, row for row.
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Fault, type Layer, must } from '@tessera/base';
import { bronzeTable, readBronzeState, restageStream } from '@tessera/ingest';
import {
  bronzeName,
  type Checksum,
  checksumOf,
  createFolderStore,
  openTenantLake,
  parseTableName,
  type TableName,
  type TenantLake,
} from '@tessera/lakehouse';
import { runTransforms } from '@tessera/transforms';
import type { RunOutcome } from './run-tenant.ts';
import { type PauseOptions, refusePaused, runSeen } from './run-turn.ts';
import type { RunNeeds } from './stages/contract.ts';
import { ownerOf, type TenantConfig } from './tenant-config.ts';
import { transformVars } from './transform-vars.ts';

export interface ComparedTable {
  readonly layer: Layer;
  readonly table: string;
  /** Null where the table cannot be read. */
  readonly there: Checksum | null;
  readonly rebuilt: Checksum;
  readonly same: boolean;
}
export interface Rebuilt {
  readonly tables: readonly ComparedTable[];
  readonly pages: number;
  /** The run that put what differed right; undefined where nothing was to be. */
  readonly outcome: RunOutcome | undefined;
}
export interface RebuildOptions extends PauseOptions {
  /** Only compares. */
  readonly verify: boolean;
  readonly told?: (text: string) => void;
}

/**
 * Wants the tenant's lease. What differs is replaced, unless `verify`: by new versions of those tables, and a release built from them.
 * REBUILD_UNSETTLED before the first release and while one is rolled back: there is nothing to compare with. TENANT_PAUSED, unless `verify`.
 */
export async function rebuild(
  needs: RunNeeds,
  config: TenantConfig,
  { verify, told = () => {}, anyway = false }: RebuildOptions,
): Promise<Rebuilt> {
  const { lake, engine } = needs;
  if (!verify) await refusePaused(lake, { anyway });
  const release = await lake.releases.latest();
  if (release === undefined || release.rolledBackTo !== undefined)
    throw new Fault('REBUILD_UNSETTLED', { tenant: lake.tenant });
  const folder = path.join(engine.scratch, `rebuild-${randomUUID()}`);
  try {
    const copy = openTenantLake(createFolderStore(folder), engine, lake.tenant, needs.now);
    const pages = await rebuildInto(copy, needs, config, release.asOf, told);
    const tables = await compare(needs, config, copy, told);
    const wrong = tables.filter(({ same }) => !same);
    const outcome = verify || wrong.length === 0 ? undefined : await replace(needs, config, copy, wrong);
    return { tables, pages, outcome };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rebuildInto(
  copy: TenantLake,
  needs: RunNeeds,
  config: TenantConfig,
  asOf: Date,
  told: (text: string) => void,
): Promise<number> {
  const { lake, engine, models } = needs;
  const observe = () => {};
  let pages = 0;
  for (const { source, stream } of streamsOf(needs, config)) {
    const { batch } = await readBronzeState(bronzeTable(lake, source, stream));
    const owner = ownerOf(config, source, stream);
    const its = { lake: copy, engine, source, orgId: config.orgId, owner, observe };
    const done = await restageStream(its, lake.raw, stream, batch === 0 ? undefined : batch);
    pages += done.pages;
    if (done.pages > 0) told(`${source} ${stream.name}: ${done.pages} pages`);
  }
  const vars = transformVars(config, asOf);
  await engine.session((session) => runTransforms({ lake: copy, session, models, vars, run: 'rebuild', observe }));
  return pages;
}

async function compare(
  needs: RunNeeds,
  config: TenantConfig,
  copy: TenantLake,
  told: (text: string) => void,
): Promise<readonly ComparedTable[]> {
  const { lake, models } = needs;
  const tables: (readonly [Layer, TableName])[] = [
    ...streamsOf(needs, config).map(({ source, stream }) => ['bronze', bronzeName(source, stream.name)] as const),
    ...models.models.map(({ layer, name }) => [layer, must(parseTableName(name))] as const),
  ];
  const compared: ComparedTable[] = [];
  for (const [layer, table] of tables) {
    const rebuilt = await checksumIn(needs, copy, layer, table);
    // A table keeps the columns that nobody declares any more, and raw fills them for nobody.
    const declared = rebuilt && (await columnsIn(needs, copy, layer, table));
    const there = await checksumIn(needs, lake, layer, table, declared).catch(() => null);
    if (there === undefined && rebuilt === undefined) continue;
    const one = compareSums(there, rebuilt);
    compared.push({ layer, table, ...one });
    told(`${layer} ${table}: ${one.there === null ? 'cannot be read' : one.same ? 'the same' : 'differs'}`);
  }
  return compared;
}

const nothing: Checksum = { rows: 0, sum: '0' };

/** A table that is not there is an empty one; one that cannot be read (null) is like no other. */
export function compareSums(
  there: Checksum | null | undefined,
  rebuilt: Checksum = nothing,
): Pick<ComparedTable, 'there' | 'rebuilt' | 'same'> {
  if (there === null) return { there, rebuilt, same: false };
  const { rows, sum } = there ?? nothing;
  return { there: { rows, sum }, rebuilt, same: rows === rebuilt.rows && sum === rebuilt.sum };
}

async function checksumIn(
  { engine }: Pick<RunNeeds, 'engine'>,
  lake: TenantLake,
  layer: Layer,
  name: TableName,
  columns: Readonly<Record<string, string>> = {},
): Promise<Checksum | undefined> {
  const table = lake.table(layer, name, { columns });
  if ((await table.version()) < 0) return undefined;
  const rows = await table.scan();
  return engine.session((session) => checksumOf(session, rows));
}

async function columnsIn({ engine }: Pick<RunNeeds, 'engine'>, lake: TenantLake, layer: Layer, name: TableName) {
  const { sql } = await lake.table(layer, name, { columns: {} }).scan();
  const described = await engine.query(`describe select * from (${sql})`);
  return Object.fromEntries(described.map((row) => [String(row.column_name), String(row.column_type)]));
}

/** Marks that make every model read the table anew (see what transforms keep in a table's properties). */
const madeAnew = (run: string) => ({ whole_build: run, data_version: '' });

async function replace(
  needs: RunNeeds,
  config: TenantConfig,
  copy: TenantLake,
  wrong: readonly ComparedTable[],
): Promise<RunOutcome> {
  const { lake, engine, now } = needs;
  const run = `rebuild-${now().toISOString()}`;
  for (const { layer, table } of wrong) {
    const name = must(parseTableName(table));
    const right = copy.table(layer, name, { columns: {} });
    const wanted = (await right.version()) < 0 ? undefined : await right.scan();
    const there = lake.table(layer, name, { columns: {} });
    const rows = wanted ?? { sql: `select * from (${(await there.scan()).sql}) where false` };
    await engine.session((session) => there.overwrite(session, rows, { run, properties: madeAnew(run) }));
  }
  return runSeen(needs, config, { sources: [] });
}

const streamsOf = ({ connectors }: Pick<RunNeeds, 'connectors'>, config: TenantConfig) =>
  config.connections.flatMap(({ source }) =>
    (connectors.find((connector) => connector.source === source)?.streams ?? []).map((stream) => ({ source, stream })),
  );
