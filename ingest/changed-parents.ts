// Which parents' children must be asked for again: those new or changed in bronze since the child stream's last run, all of them the first time.
import type { SourceName } from '@tessera/base';
import type { Engine, TenantLake } from '@tessera/lakehouse';
import { type BronzeState, bronzeTable } from './bronze-table.ts';
import type { StreamFacts } from './define-connector.ts';
import { sqlName } from './record-sql.ts';

export interface ChangedParents {
  readonly keys: readonly string[];
  /** Versions of the tables that this answer is from; remembered once the children are staged. */
  readonly versions: Readonly<Record<string, number>>;
}

/** Keys in order. `state` is the child's; `streams` are all of the source. */
export async function changedParents(
  needs: { readonly lake: TenantLake; readonly engine: Engine; readonly source: SourceName },
  child: StreamFacts & { readonly parent: NonNullable<StreamFacts['parent']> },
  streams: readonly StreamFacts[],
  state: BronzeState,
): Promise<ChangedParents> {
  const { lake, engine, source } = needs;
  const tableOf = (name: string) => {
    const stream = streams.find((candidate) => candidate.name === name);
    if (stream === undefined) throw new Error(`${source}.${child.name} has an unknown parent ${name}`);
    return bronzeTable(lake, source, stream);
  };
  const { stream: name, watch, touchedBy = [] } = child.parent;
  const parents = tableOf(name);
  const versions: Record<string, number> = {};
  const now = await parents.version();
  if (now < 0) return { keys: [], versions };
  versions[name] = now;
  const since = state.parents[name];
  const current = `select _key, arg_max(_deleted, (ingest_at, _page)) as gone from (${(await parents.scan()).sql}) group by _key`;
  const selects: string[] = [];
  if (since === undefined) {
    selects.push('select _key from current');
  } else if (since < now) {
    const added = await parents.scanAddedSince(since);
    if (added !== undefined) {
      selects.push(
        watch === undefined
          ? `select _key from (${added.sql})`
          : renderWatched(added.sql, (await parents.scan(since)).sql, watch),
      );
    }
  }
  for (const { stream, keys } of touchedBy) {
    const table = tableOf(stream);
    const version = await table.version();
    if (version < 0) continue;
    versions[stream] = version;
    const from = state.parents[stream];
    // Everything was asked for the first time anyway.
    if (since === undefined || (from ?? -1) >= version) continue;
    const added = await table.scanAddedSince(from ?? -1);
    if (added !== undefined) selects.push(`select _key from (with added as (${added.sql}) ${keys}) as touched(_key)`);
  }
  if (selects.length === 0) return { keys: [], versions };
  const rows = await engine.query(
    `with current as (${current}), wanted as (${selects.join(' union ')}) select distinct _key from wanted join current using (_key) where not gone order by _key`,
  );
  return { keys: rows.map((row) => String(row._key)), versions };
}

/** Keys of new parents, and of those whose newest version differs from the one before in a watched column. */
function renderWatched(added: string, before: string, watch: readonly string[]): string {
  const newest = (from: string) =>
    `select _key, arg_max((${watch.map((column) => `coalesce(${sqlName(column)}::VARCHAR, '')`).join(', ')}), (ingest_at, _page)) as seen from (${from}) group by _key`;
  return `select a._key from (${newest(added)}) as a left join (${newest(before)}) as b using (_key) where a.seen is distinct from b.seen`;
}
