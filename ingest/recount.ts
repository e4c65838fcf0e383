// Counts raw pages against bronze once more, from what is stored and from nothing else: each record landed, or has a reason not to.
import type { SourceName } from '@tessera/base';
import type { Engine, EngineSession, RawPageEntry, TenantLake } from '@tessera/lakehouse';
import { bronzeTable } from './bronze-table.ts';
import type { StreamFacts } from './define-connector.ts';
import { loadBatch } from './load-batch.ts';
import { pageReference, readNote } from './page-note.ts';
import { planBatches } from './plan-batches.ts';
import { sqlName, sqlText } from './record-sql.ts';
import { checksumColumns, dayOf, hashOf } from './stage-account.ts';

export interface RecountNeeds {
  readonly lake: TenantLake;
  readonly engine: Engine;
  readonly source: SourceName;
  readonly orgId: string;
  /** Whose records they are, as the connection says it now; parts that noted it when they were staged count by that. */
  readonly owner: string | undefined;
}
/** A group of rows on one side; `reason` is null for those that must be on the other side, too. */
export interface CountedGroup {
  readonly day: string;
  readonly reason: string | null;
  readonly rows: number;
  readonly sum: string;
  readonly xor: string;
}
export interface Recount {
  readonly raw: readonly CountedGroup[];
  readonly bronze: readonly CountedGroup[];
  /** References of pages that hold no JSON of the stream's shape. */
  readonly unreadable: readonly string[];
}

/** Reads the pages again, in the batches in which staging takes them. */
export async function recountPages(
  needs: RecountNeeds,
  stream: StreamFacts,
  entries: readonly RawPageEntry[],
): Promise<Recount> {
  const usable = entries.filter((entry) => readNote(entry).unusable === undefined);
  const raw: CountedGroup[] = [];
  const bronze: CountedGroup[] = [];
  const unreadable: string[] = [];
  // A listing's batch is a whole run; events are cut as staging cuts them.
  const runs = Map.groupBy(usable, ({ run }) => run);
  const owners = await notedOwners(needs, stream);
  for (const [run, pages] of runs) {
    const its = { ...needs, owner: owners.has(run) ? owners.get(run) : needs.owner };
    for (const batch of planBatches(pages, stream.mode !== 'events')) {
      const counted = await needs.engine.session((session) => recountBatch(session, its, stream, batch));
      raw.push(...counted.raw);
      bronze.push(...counted.bronze);
      unreadable.push(...counted.unreadable);
    }
  }
  return { raw, bronze, unreadable };
}

/** Run → whose records were taken then: the connection may say something else since. */
async function notedOwners(
  { lake, source }: RecountNeeds,
  { name, ownedBy }: StreamFacts,
): Promise<ReadonlyMap<string, string | undefined>> {
  const parts = ownedBy === undefined ? [] : await lake.raw.parts(source, name);
  return new Map(parts.flatMap(({ run, owner }) => (owner === undefined ? [] : [[run, owner ?? undefined] as const])));
}

async function recountBatch(
  session: EngineSession,
  { lake, source, orgId, owner }: RecountNeeds,
  stream: StreamFacts,
  batch: readonly RawPageEntry[],
): Promise<Recount> {
  const { unreadable } = await loadBatch(session, stream, batch, {
    lake,
    facts: { tenant: lake.tenant, orgId, source, owner },
  });
  const { sql } = await bronzeTable(lake, source, stream).scan();
  const refs = `(${batch.map((entry) => sqlText(pageReference(entry))).join(', ')})`;
  await session.run(`create temp table landed as select * from (${sql}) where _page in ${refs}`);
  const reason =
    stream.mode === 'events'
      ? eventReason(sql, refs)
      : versionReason(
          sql,
          refs,
          batch.some((entry) => 'mended' in readNote(entry)),
        );
  const groups = (select: string) =>
    session.query(
      `select day, reason, count(*) as rows, ${checksumColumns('h')} from (${select}) group by day, reason order by day`,
    );
  const raw = await groups(
    `select ${dayOf(stream)} as day, ${reason.sql} as reason, ${hashOf(stream)} as h from ${reason.from}`,
  );
  // What the census says of keys that no page lists is not from a record.
  const census = '_deleted and _key not in (select _key from batch_rows where _key is not null)';
  const bronze = await groups(
    `select ${dayOf(stream)} as day, case when ${census} then 'missing from the listing' end as reason, ${hashOf(stream)} as h from landed`,
  );
  const parse = (rows: Awaited<typeof raw>): CountedGroup[] =>
    rows.map((row) => ({
      day: String(row.day),
      reason: row.reason === null ? null : String(row.reason),
      rows: Number(row.rows),
      sum: String(row.sum),
      xor: String(row.xor),
    }));
  return { raw: parse(raw), bronze: parse(bronze), unreadable };
}

interface Reason {
  readonly from: string;
  readonly sql: string;
}

function eventReason(bronze: string, refs: string): Reason {
  return {
    from: `(select *, row_number() over (partition by _problem is null, _key order by rowid) as position from batch_rows)`,
    sql: `case when _problem is not null then 'quarantined'
      when _key in (select _key from (${bronze}) where _page not in ${refs} and _key in (select _key from batch_rows)) then 'duplicate of another page'
      when position > 1 then 'duplicate in the same pages' end`,
  };
}

/** A version is news where it differs from what was known of its key before these pages. */
function versionReason(bronze: string, refs: string, mended: boolean): Reason {
  // What came out of quarantine may be older than what bronze has of its key: it is there once, whatever came after it.
  const again = mended ? `or (_key, _hash) in (select (_key, _hash) from (${bronze}) where _page not in ${refs})` : '';
  const before = `(select _key, arg_max(_hash, (ingest_at, _page)) as hash, arg_max(_deleted, (ingest_at, _page)) as gone
    from (${bronze}) where _page not in ${refs} and (ingest_at, _page) <= (select (max(received_at), max(reference)) from batch_pages)
    group by _key)`;
  const rows = `(select *, row_number() over (partition by _problem is null, _key order by _page desc, rowid desc) as position from batch_rows)`;
  return {
    from: `(select rows.*, before.hash as ${sqlName('_before')}, before.gone as ${sqlName('_was_gone')} from ${rows} as rows left join ${before} as before using (_key))`,
    sql: `case when _problem is not null then 'quarantined' when position > 1 then 'superseded in the same pages'
      when _before = _hash or (_deleted and coalesce(_was_gone, true)) ${again} then 'unchanged' end`,
  };
}
