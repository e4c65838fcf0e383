// source → raw → bronze: what a vendor gave lies in raw, and each record of it is in bronze or has a reason not to be.
import type { SourceName } from '@tessera/base';
import {
  bronzeTable,
  haveArrived,
  pageReference,
  pagesChecksum,
  readNote,
  readPageList,
  recountPages,
  renderBronzeCount,
  type StageAccount,
  type StreamFacts,
  withoutPages,
} from '@tessera/ingest';
import type { RawPageEntry } from '@tessera/lakehouse';
import type { SyncTenantNeeds } from '../sync-tenant.ts';
import { balance, isOpen } from './balance.ts';
import type { Group, LedgerLine, OpenPages } from './contract.ts';
import { openLedger } from './ledger-store.ts';

export interface RawNeeds extends Pick<SyncTenantNeeds, 'lake' | 'engine'> {
  readonly orgId: string;
  readonly ownerOf: (source: SourceName, stream: StreamFacts) => string | undefined;
}
export interface PartToCheck extends OpenPages {
  readonly facts: StreamFacts;
  /** Version of the bronze table before the part was staged; undefined to count from raw at once. */
  readonly since: number | undefined;
  /** Pages received on earlier days are not looked for. */
  readonly listFrom?: Date;
}

const byHook = 'received by hook';
const nothing = { sum: '0', xor: '0' };
const dayOf = ({ receivedAt }: RawPageEntry) => receivedAt.toISOString().slice(0, 10);

/** Lines of one part. What staging told is believed where bronze, read again, agrees; else the pages themselves decide. */
export async function rawLines(needs: RawNeeds, part: PartToCheck): Promise<LedgerLine[]> {
  const { lake } = needs;
  const { source, stream, run, toStage } = part;
  const wanted = readPageList(toStage);
  const entries = (await lake.raw.list(source, stream, run, part.listFrom)).filter(({ page }) => wanted(page));
  const arrived = await arrivals(needs, part, entries);
  const account = await openLedger(lake).account(run, source, stream);
  const about = { hop: 'raw-bronze', source, object: stream } as const;
  const quick =
    account === undefined || part.since === undefined || arrived.some(isOpen)
      ? undefined
      : await toldLines(needs, { ...part, since: part.since }, entries, account);
  if (quick !== undefined && !quick.some(isOpen)) return [...arrived, ...quick];
  const { raw, bronze, unreadable } = await recountPages(
    { ...needs, source, owner: needs.ownerOf(source, part.facts) },
    part.facts,
    entries,
  );
  return [...arrived, ...balance(about, [...raw, ...unreadableGroups(entries, unreadable)], bronze)];
}

/** Every page that the fetch told of is there, with the bytes that came: as many records, and by the checksum no other page in its place. */
async function arrivals(
  { lake }: Pick<RawNeeds, 'lake'>,
  { source, stream, records, checksum }: PartToCheck,
  entries: readonly RawPageEntry[],
): Promise<LedgerLine[]> {
  const whole: RawPageEntry[] = [];
  for (const entry of entries)
    await lake.raw.read(entry).then(
      () => whole.push(entry),
      () => {},
    );
  const found = whole.map((entry): Group => {
    return { day: dayOf(entry), reason: null, rows: readNote(entry).records, ...pagesChecksum([entry]) };
  });
  const [first] = entries;
  const there = found.reduce((sum, { rows }) => sum + rows, 0);
  const has = pagesChecksum(whole);
  // What was told of all pages together and is not there: nothing, as a rule.
  const missing: Group = {
    day: first === undefined ? new Date(0).toISOString().slice(0, 10) : dayOf(first),
    reason: null,
    rows: records - there,
    ...withoutPages(checksum ?? has, has),
  };
  const isMissing = missing.rows !== 0 || missing.sum !== '0' || missing.xor !== '0';
  const told = isMissing ? [...found, missing] : found;
  const lines = balance({ hop: 'source-raw', source, object: stream }, told, found);
  // Nobody asked the vendor for these: raw has them of itself.
  return haveArrived(entries) ? lines.map((line) => ({ ...line, from: 0, added: { [byHook]: line.from } })) : lines;
}

/** By what staging told, or undefined where it did not tell of all pages. */
async function toldLines(
  { lake, engine }: Pick<RawNeeds, 'lake' | 'engine'>,
  { source, facts, run, since }: PartToCheck & { readonly since: number },
  entries: readonly RawPageEntry[],
  { pages, unreadable, days }: StageAccount,
): Promise<LedgerLine[] | undefined> {
  const told = new Set(pages);
  if (!entries.every((entry) => told.has(pageReference(entry)))) return undefined;
  const added = await bronzeTable(lake, source, facts).scanAddedSince(since);
  const is = await countBronze({ engine }, facts, added?.sql, run);
  const should = days.flatMap(({ day, records, quarantined, fresh, gone, sum, xor }): Group[] => [
    { day, reason: null, rows: fresh + gone, sum, xor },
    { day, reason: 'quarantined', rows: quarantined, ...nothing },
    {
      day,
      reason: facts.mode === 'events' ? 'duplicate' : 'unchanged',
      rows: records - quarantined - fresh,
      ...nothing,
    },
  ]);
  const lines = balance(
    { hop: 'raw-bronze', source, object: facts.name },
    [...should, ...unreadableGroups(entries, unreadable)].filter(({ rows }) => rows > 0),
    is,
  );
  // What the census says is in both sums, and is no record: it is shown as what bronze has of itself.
  const census = Map.groupBy(days, ({ day }) => day);
  return lines.map((line) => {
    const gone = (census.get(line.date) ?? []).reduce((sum, day) => sum + day.gone, 0);
    return gone === 0 ? line : { ...line, from: line.from - gone, added: { 'missing from the listing': gone } };
  });
}

async function countBronze(
  { engine }: Pick<RawNeeds, 'engine'>,
  facts: StreamFacts,
  sql: string | undefined,
  run: string,
): Promise<Group[]> {
  if (sql === undefined) return [];
  const rows = await engine.query(renderBronzeCount(facts, sql, run));
  return rows.map(({ day, rows: n, sum, xor }) => ({
    day: String(day),
    reason: null,
    rows: Number(n),
    sum: String(sum),
    xor: String(xor),
  }));
}

function unreadableGroups(entries: readonly RawPageEntry[], unreadable: readonly string[]): Group[] {
  const bad = new Set(unreadable);
  return entries
    .filter((entry) => bad.has(pageReference(entry)))
    .map((entry) => ({ day: dayOf(entry), reason: 'page cannot be read', rows: readNote(entry).records, ...nothing }));
}

/** Runs whose rows are in bronze and in no release yet: of a run that broke off, or of a backfill. */
export async function otherParts(
  { lake, engine }: Pick<RawNeeds, 'lake' | 'engine'>,
  source: SourceName,
  facts: StreamFacts,
  since: number,
  known: ReadonlySet<string>,
): Promise<PartToCheck[]> {
  const added = await bronzeTable(lake, source, facts).scanAddedSince(since);
  if (added === undefined) return [];
  const rows = await engine.query(
    `select regexp_replace(_page, '-[0-9]+$', '') as run, max(regexp_extract(_page, '[0-9]+$')::integer) as last
    from (${added.sql}) group by run order by run`,
  );
  const parts: PartToCheck[] = [];
  for (const row of rows) {
    const run = String(row.run);
    if (known.has(run)) continue;
    // What came after the last staged page waits for whoever goes on with that run.
    const entries = (await lake.raw.list(source, facts.name, run)).filter(({ page }) => page <= Number(row.last));
    const records = entries.reduce((sum, entry) => sum + readNote(entry).records, 0);
    const toStage = entries.map(({ page }) => String(page)).join(',');
    parts.push({ source, stream: facts.name, run, toStage, records, facts, since: undefined });
  }
  return parts;
}
