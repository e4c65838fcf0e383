// Upkeep of a tenant's tables: small files of bronze are joined, and what no kept release and no reader needs is deleted. Only where something changed, so that an idle tenant costs nothing.
import { asFault, type Clock, must, type Observe, systemClock } from '@tessera/base';
import { bronzeTable, readBronzeState, type SourceConnector } from '@tessera/ingest';
import { bronzeName, type DeltaTable, type Engine, parseTableName, type TenantLake } from '@tessera/lakehouse';
import { type Project, readPositions } from '@tessera/transforms';

export interface UpkeepNeeds {
  readonly lake: TenantLake;
  readonly engine: Engine;
  readonly connectors: readonly SourceConnector[];
  readonly models: Project;
}
export interface UpkeepSettings {
  /** Files and logs that are younger, or were removed later, are left alone. */
  readonly retentionDays: number;
  /** So many of the newest releases can be served again. */
  readonly keepReleases: number;
  /** Small files of a table that are too many. */
  readonly minFiles?: number;
  /** The machine's time: files are as old as the disk says. */
  readonly clock?: Clock;
}
export interface TableUpkeep {
  readonly table: string;
  readonly files: number;
  readonly commits: number;
  readonly bytes: number;
}

const dayMs = 86_400_000;
/** Name of the control note that says when the tenant was vacuumed last. */
const vacuumNote = 'vacuum';

/** Joins crowded small files of bronze, table by table; returns by how many files each shrank. Wants the tenant's lease. */
export async function compactBronze(
  { lake, engine, connectors }: UpkeepNeeds,
  run: string,
  { minFiles }: Pick<UpkeepSettings, 'minFiles'> = {},
): Promise<readonly { readonly table: string; readonly files: number }[]> {
  const shrunk: { table: string; files: number }[] = [];
  for (const { name, table } of bronzeOf(lake, connectors)) {
    const files = await engine.session((session) =>
      table.compact(session, { run, ...(minFiles === undefined ? {} : { minFiles }) }),
    );
    if (files > 0) shrunk.push({ table: name, files });
  }
  return shrunk;
}

/** Deletes what is older than the retention and needed by nobody: neither newest, nor of a kept release, nor still to be read. Wants the tenant's lease. */
export async function vacuumTables(
  needs: UpkeepNeeds,
  { retentionDays, keepReleases, clock = systemClock }: UpkeepSettings,
  dryRun = false,
): Promise<readonly TableUpkeep[]> {
  const { lake, connectors, models } = needs;
  const olderThan = new Date(clock().getTime() - retentionDays * dayMs);
  const kept = await releasedVersions(lake, keepReleases);
  const readers = await readersOf(needs);
  const built = models.models.map(({ name, layer }) => ({
    name,
    table: lake.table(layer, must(parseTableName(name)), { columns: {} }),
    keep: layer === 'gold' ? (kept.get(name) ?? []) : [],
  }));
  const bronze = bronzeOf(lake, connectors).map((one) => ({ ...one, keep: [] }));
  const done: TableUpkeep[] = [];
  for (const { name, table, keep } of [...bronze, ...built]) {
    const gone = await table.vacuum({ keep, readers: readers.get(name) ?? [], olderThan, dryRun });
    if (gone.files + gone.commits > 0) done.push({ table: name, ...gone });
  }
  return done;
}

/** After a run that released something. What fails here is told and tried again after the next such run; the release stands. */
export async function keepUp(
  needs: UpkeepNeeds & { readonly observe: Observe },
  run: string,
  settings: UpkeepSettings,
): Promise<void> {
  const { lake, observe } = needs;
  const { tenant } = lake;
  const now = (settings.clock ?? systemClock)();
  try {
    const shrunk = await compactBronze(needs, run, settings);
    const sum = (of: readonly { readonly files: number }[]) => of.reduce((total, { files }) => total + files, 0);
    if (shrunk.length > 0) observe({ event: 'tables.compacted', tenant, tables: shrunk.length, files: sum(shrunk) });
    const last = await lake.control.get(vacuumNote);
    if (last !== undefined && now.getTime() - Date.parse(last.at) < dayMs) return;
    const gone = await vacuumTables(needs, settings);
    const bytes = gone.reduce((total, one) => total + one.bytes, 0);
    observe({ event: 'tables.vacuumed', tenant, files: sum(gone), bytes });
    await lake.control.put(vacuumNote, { at: now.toISOString(), by: run, why: 'daily' });
  } catch (error) {
    const { code, message } = asFault(error);
    observe({ event: 'upkeep.failed', tenant, code, message });
  }
}

const bronzeOf = (
  lake: TenantLake,
  connectors: readonly SourceConnector[],
): readonly { readonly name: string; readonly table: DeltaTable }[] =>
  connectors.flatMap(({ source, streams }) =>
    streams.map((stream) => ({ name: bronzeName(source, stream.name), table: bronzeTable(lake, source, stream) })),
  );

/** Versions of gold tables that the newest releases name. */
async function releasedVersions(lake: TenantLake, most: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const newest = (await lake.releases.latest())?.number ?? 0;
  const versions = new Map<string, number[]>();
  for (let number = newest; number > Math.max(0, newest - most); number -= 1)
    for (const [table, version] of Object.entries((await lake.releases.get(number))?.tables ?? {}))
      versions.set(table, [...(versions.get(table) ?? []), version]);
  return versions;
}

/** Models, and streams of children that ask which of their parents are new. */
async function readersOf({ lake, connectors, models }: UpkeepNeeds): Promise<ReadonlyMap<string, readonly number[]>> {
  const positions = new Map(await readPositions(lake, models));
  for (const { source, streams } of connectors) {
    for (const stream of streams) {
      if (stream.parent === undefined) continue;
      const { parents } = await readBronzeState(bronzeTable(lake, source, stream));
      // Before the first time all parents are asked, whatever is new.
      if (parents[stream.parent.stream] === undefined) continue;
      for (const name of [stream.parent.stream, ...(stream.parent.touchedBy ?? []).map((by) => by.stream)]) {
        const table = bronzeName(source, name);
        positions.set(table, [...(positions.get(table) ?? []), parents[name] ?? -1]);
      }
    }
  }
  return positions;
}
