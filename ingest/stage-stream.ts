// Stages raw pages into bronze: typed columns that point to the page of their record, bad records to quarantine, and the cursor in the same commit. All work on rows is SQL.
import { createHash } from 'node:crypto';
import type { Observe, SourceName } from '@tessera/base';
import { Fault } from '@tessera/base';
import type { Engine, EngineSession, Quarantined, RawPageEntry, TenantLake } from '@tessera/lakehouse';
import {
  foreignReason,
  ofBatch,
  ofParents,
  renderGone,
  renderGoneKeys,
  renderNewEvents,
  renderNewest,
  renderNewVersions,
} from './batch-sql.ts';
import { type BronzeMemory, bronzeColumns, bronzeTable, readBronzeState, renderBronzeState } from './bronze-table.ts';
import { countDrift, type Drift, lookAtOneIn } from './count-drift.ts';
import type { StreamFacts } from './define-connector.ts';
import { unmarkHalves, unmarkValue } from './half-characters.ts';
import { loadBatch } from './load-batch.ts';
import { renderPageList } from './page-list.ts';
import { haveArrived, pageReference, readNote } from './page-note.ts';
import { planBatches } from './plan-batches.ts';
import { sqlName } from './record-sql.ts';
import { accountDays, type StageAccount } from './stage-account.ts';
import { checkContract, refuseBroken } from './stream-contract.ts';

export interface StageNeeds {
  readonly lake: TenantLake;
  readonly engine: Engine;
  readonly source: SourceName;
  readonly orgId: string;
  /** Whose records they are, as the connection says it, where the stream's records say it too. */
  readonly owner: string | undefined;
  readonly run: string;
  readonly observe: Observe;
  /** Told what a batch does to bronze, before it is committed; a batch that is staged again is told again. */
  readonly account?: (account: StageAccount) => Promise<void>;
  /** Told what nobody declared, of all batches of a part so far, before each is committed; a part that is staged again is told anew. */
  readonly drift?: (seen: SeenDrift) => Promise<void>;
}
export interface SeenDrift extends Drift {
  /** Names the part: its run and its first page. */
  readonly part: string;
}
export interface Staged {
  /** Rows added to bronze: events, versions and deletions. */
  readonly rows: number;
  readonly quarantined: number;
  /** References of pages that hold no JSON of the stream's shape; they stay in raw. */
  readonly unreadable: readonly string[];
  /** Unknown top-level fields and optional values that do not fit their column, with the number of records. */
  readonly drift: Readonly<Record<string, number>>;
  /** JSON type of each unknown field. */
  readonly driftTypes?: Readonly<Record<string, string>>;
  readonly version: number;
}

/**
 * Appends what bronze does not have yet; the same pages again add nothing. `complete` says that the pages are a whole listing, so that absence means deletion (snapshot streams and full listings).
 * Refuses pages most of whose records do not fit (SCHEMA_BROKEN), a stream whose columns changed without a plan (CONTRACT_BREAKS), and a whole listing without any record where several were live (LISTING_EMPTY).
 */
export async function stageStream(
  needs: StageNeeds,
  stream: StreamFacts,
  fetched: { readonly entries: readonly RawPageEntry[]; readonly complete: boolean },
  parents: Readonly<Record<string, number>> = {},
  /** No batch beyond this number is committed: when raw is staged again, a part ends where it ended the first time. */
  until = Number.POSITIVE_INFINITY,
): Promise<Staged> {
  const { lake, source, observe } = needs;
  const table = bronzeTable(lake, source, stream);
  const usable = fetched.entries.filter((entry) => readNote(entry).unusable === undefined);
  const whole =
    fetched.complete &&
    (stream.mode === 'snapshot' || (usable.length > 0 && usable.every((entry) => readNote(entry).full)));
  const listing = fetched.complete && stream.mode !== 'events' ? listingHash(usable) : undefined;
  const total = {
    rows: 0,
    quarantined: 0,
    unreadable: [] as string[],
    drift: {} as Record<string, number>,
    driftTypes: {} as Record<string, string>,
    version: -1,
  };
  const mended = usable.length > 0 && usable.every((entry) => readNote(entry).mended);
  const batches = planBatches(usable, whole);
  const next = (await readBronzeState(table)).batch + 1;
  const [first] = usable;
  if (first !== undefined && until >= next)
    await lake.raw.notePart(source, stream.name, {
      number: next,
      run: first.run,
      pages: renderPageList(fetched.entries.map(({ page }) => page)),
      complete: fetched.complete,
      owner: needs.owner ?? null,
    });
  const remember = async ({ drift, driftTypes }: Drift) => {
    for (const [field, count] of Object.entries(drift)) total.drift[field] = (total.drift[field] ?? 0) + count;
    Object.assign(total.driftTypes, driftTypes);
    if (first === undefined || Object.keys(drift).length === 0) return;
    await needs.drift?.({ part: pageReference(first), drift: total.drift, driftTypes: total.driftTypes });
  };
  for (const [i, batch] of batches.entries()) {
    if (until < Number.POSITIVE_INFINITY && (await readBronzeState(table)).batch >= until) break;
    // What the whole run proves is remembered with its last batch.
    const proven = i === batches.length - 1 ? { listing, parents } : { listing: undefined, parents: {} };
    const staged = await needs.engine.session((session) =>
      stageBatch(needs, session, stream, batch, { whole, mended, seen: remember, ...proven }),
    );
    total.rows += staged.rows;
    total.quarantined += staged.quarantined;
    total.unreadable.push(...staged.unreadable);
  }
  const version = await table.version();
  const { rows, quarantined } = total;
  observe({ event: 'rows.staged', tenant: lake.tenant, source, stream: stream.name, rows, quarantined, version });
  return { ...total, version };
}

/** Equal for two runs whose pages are byte for byte the same and say the same: a census is not a list of changes. */
export function listingHash(entries: readonly RawPageEntry[]): string {
  return createHash('sha256')
    .update(entries.map((entry) => `${entry.sha256} ${readNote(entry).full ?? ''}`).join('\n'))
    .digest('hex');
}

async function stageBatch(
  needs: StageNeeds,
  session: EngineSession,
  stream: StreamFacts,
  batch: readonly RawPageEntry[],
  about: {
    readonly whole: boolean;
    readonly mended: boolean;
    readonly seen: (drift: Drift) => Promise<void>;
    readonly listing: string | undefined;
    readonly parents: Readonly<Record<string, number>>;
  },
): Promise<Pick<Staged, 'rows' | 'quarantined' | 'unreadable'>> {
  const { lake, source, orgId, owner, run } = needs;
  const table = bronzeTable(lake, source, stream);
  const state = await readBronzeState(table);
  const contract = checkContract(source, stream, state.contract);
  const columns = Object.keys(bronzeColumns(stream));
  const wholeOneIn = lookAtOneIn(batch.reduce((sum, entry) => sum + readNote(entry).records, 0));
  const { unreadable, marker } = await loadBatch(session, stream, batch, {
    lake,
    facts: { tenant: lake.tenant, orgId, source, owner, wholeOneIn },
  });
  const [facts] = await session.query(`select count(*) as rows, count(_problem) as bad,
    count(*) filter (where _key is null) as nameless, mode(_problem) filter (where _problem <> '${foreignReason}') as reason,
    count(*) filter (where _problem = '${foreignReason}') as foreigners
    ${stream.occurredAt === undefined ? '' : `, min("${stream.occurredAt}") filter (where _problem is null) as oldest, max("${stream.occurredAt}") filter (where _problem is null) as newest`} from batch_rows`);
  const { rows: rowCount, bad, nameless, reason, foreigners, oldest, newest } = facts ?? {};
  const foreign = Number(foreigners ?? 0);
  // Records of somebody else are put aside like other bad ones, and somebody is told: a key is shared, or the source mixes its customers.
  if (foreign > 0)
    needs.observe({ event: 'records.foreign', tenant: lake.tenant, source, stream: stream.name, records: foreign });
  // Others' records say nothing of the stream's columns, and neither does a delivery, which is a handful: its bad ones go to quarantine.
  const own = { records: Number(rowCount ?? 0) - foreign, bad: Number(bad ?? 0) - foreign };
  if (!haveArrived(batch)) refuseBroken(source, stream, { ...own, reason: String(reason) });
  const quarantined = Number(bad ?? 0) === 0 ? 0 : await quarantine(session, needs, stream, batch, marker);

  const span = oldest == null || newest == null ? undefined : { from: String(oldest), to: String(newest) };
  const around =
    span === undefined || stream.occurredAt === undefined ? undefined : { column: stream.occurredAt, ...widened(span) };
  const known =
    state.version < 0
      ? undefined
      : (await table.scan(undefined, undefined, stream.mode === 'events' ? around : undefined)).sql;
  // Of a whole listing every key is wanted twice: for what is new, and for what is gone.
  const isWhole = about.whole && known !== undefined;
  if (isWhole) await session.run(`create temp table batch_newest as ${renderNewest(known)}`);
  const newestOf = (where: string) => (isWhole ? 'from batch_newest' : renderNewest(known ?? '', where));
  const added =
    stream.mode === 'events'
      ? renderNewEvents(stream, known, span)
      : renderNewVersions(known, newestOf(ofBatch), about.mended);
  await session.run(`create temp table batch_new as ${added}`);
  // Absence means deletion only where every record of the listing could be named.
  const canTellGone = unreadable.length === 0 && Number(nameless ?? 0) === 0;
  const last = batch.at(-1);
  const seeksGone =
    !about.mended && known !== undefined && last !== undefined && (about.whole || stream.mode === 'children');
  let gone = 0;
  if (seeksGone && canTellGone) {
    if (about.whole && Number(rowCount ?? 0) === 0) await refuseEmpty(session, source, stream, known);
    const keys = renderGoneKeys(newestOf(stream.parent === undefined ? '' : ofParents(stream.parent.column)));
    await session.run(`create temp table batch_gone_keys as ${keys}`);
    const [found] = await session.query('select count(*) as n from batch_gone_keys');
    gone = Number(found?.n ?? 0);
    const at = { page: pageReference(last), receivedAt: last.receivedAt.toISOString() };
    // Whole records are only read again where one is gone, which is seldom.
    if (gone > 0) await session.run(`create temp table batch_gone as ${renderGone(columns, known, at)}`);
  }
  const [counts] = await session.query('select count(*) as n from batch_new');
  const fresh = Number(counts?.n ?? 0);
  // Mostly all are new, and then nothing needs to be looked up.
  const which = fresh === Number(rowCount ?? 0) ? '' : ' where rowid in (select place from batch_new)';
  const sql = `select ${columns.map(sqlName).join(', ')} from batch_rows${which}${
    gone > 0 ? ' union all by name select * from batch_gone' : ''
  }`;
  if (needs.account !== undefined)
    await needs.account({
      pages: batch.map(pageReference),
      unreadable,
      days: await accountDays(session, stream, gone > 0),
    });
  const cursor = batch.map((entry) => readNote(entry).cursor).findLast((at) => at != null) ?? state.cursor;
  const parents = { ...state.parents, ...about.parents };
  // A snapshot's bytes may differ without a difference; the overlap of an incremental read comes again and again and is worth knowing.
  const listing = about.listing ?? state.listing;
  const told = (at: BronzeMemory) => JSON.stringify([at.cursor, at.parents, stream.mode === 'changes' && at.listing]);
  const moved = told({ ...state, cursor, parents, listing }) !== told(state);
  await about.seen(await countDrift(session, stream, Number(rowCount ?? 0), { marker, wholeOneIn }));
  // Nothing new and nowhere further: a commit would only wake up what reads the table.
  if (fresh + gone === 0 && !moved) return { rows: 0, quarantined, unreadable };
  const memory: BronzeMemory = {
    batch: state.batch + 1,
    cursor,
    parents,
    listing,
    contract,
    newestOccurredAt: later(state.newestOccurredAt, newest == null ? undefined : String(newest)),
    newestIngestAt: later(state.newestIngestAt, last?.receivedAt.toISOString()),
  };
  const committed = await table.append(
    session,
    { sql },
    { txn: { appId: `${source}.${stream.name}`, version: memory.batch }, properties: renderBronzeState(memory), run },
  );
  return { rows: committed.rows, quarantined, unreadable };
}

/** Files tell their bounds to the millisecond. */
const widened = ({ from, to }: { readonly from: string; readonly to: string }) => ({
  min: new Date(Date.parse(from) - 1).toISOString(),
  max: new Date(Date.parse(to) + 1).toISOString(),
});

const later = (a: string | undefined, b: string | undefined) => (a === undefined || (b !== undefined && b > a) ? b : a);

async function quarantine(
  session: EngineSession,
  { lake, source, run }: StageNeeds,
  stream: StreamFacts,
  batch: readonly RawPageEntry[],
  marker: string | undefined,
): Promise<number> {
  const json = (text: string) => (marker === undefined ? text : unmarkHalves(text, marker));
  const value = (text: string) => (marker === undefined ? text : unmarkValue(text, marker));
  const pages = new Map(batch.map((entry) => [pageReference(entry), entry]));
  const given = [...Object.keys(stream.nested?.carry ?? {}), ...(stream.parent ? [stream.parent.column] : [])];
  const rows = await session.query(
    `select ${['_page', '_problem', '_record', ...given].map(sqlName).join(', ')} from batch_rows where _problem is not null order by rowid`,
  );
  const records = rows.map((row): Quarantined => {
    const entry = pages.get(String(row._page));
    return {
      source,
      stream: stream.name,
      run: entry?.run ?? run,
      page: entry?.page ?? 0,
      reason: String(row._problem),
      record: json(String(row._record)),
      at: entry?.receivedAt ?? new Date(0),
      ...(given.length === 0
        ? {}
        : { given: Object.fromEntries(given.flatMap((n) => (row[n] == null ? [] : [[n, value(String(row[n]))]]))) }),
    };
  });
  await lake.quarantine.put(records);
  return records.length;
}

/** From this many on, a listing that suddenly is empty is taken for a lost permission. */
const suspicious = 5;

async function refuseEmpty(
  session: EngineSession,
  source: SourceName,
  stream: StreamFacts,
  known: string,
): Promise<void> {
  const [row] = await session.query(
    `select count(*) as live from (select arg_max(_deleted, (ingest_at, _page)) as gone from (${known}) group by _key) where not gone`,
  );
  const live = Number(row?.live ?? 0);
  if (live >= suspicious) throw new Fault('LISTING_EMPTY', { source, stream: stream.name, known: live });
}
