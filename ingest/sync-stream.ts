// One stream from where it stands, in two parts that may run in different processes: fetch to raw, then stage to bronze; nothing is staged where the vendor had nothing new.
import type { Clock } from '@tessera/base';
import type { RawPageEntry } from '@tessera/lakehouse';
import { bronzeTable, readBronzeState } from './bronze-table.ts';
import { changedParents } from './changed-parents.ts';
import type { OpenStream, StreamFacts } from './define-connector.ts';
import { type FetchNeeds, fetchStream } from './fetch-stream.ts';
import { type PagesChecksum, pagesChecksum } from './page-checksum.ts';
import { readPageList, renderPageList } from './page-list.ts';
import { readNote } from './page-note.ts';
import { listingHash, type Staged, type StageNeeds, stageStream } from './stage-stream.ts';

export type FetchPartNeeds = FetchNeeds & Pick<StageNeeds, 'engine'>;
export type SyncNeeds = StageNeeds & FetchNeeds & { readonly now: Clock };

export interface StreamReport extends Staged {
  readonly stream: string;
  readonly pages: number;
  /** False where maxPages stopped it: the next run goes on. */
  readonly complete: boolean;
}

/** What a fetch left in raw, as references: small, and JSON. */
export interface FetchedPart {
  readonly stream: string;
  /** Pages received. */
  readonly pages: number;
  /** Records that the vendor gave us in the pages to be staged, as counted on arrival. */
  readonly records: number;
  /** Of those pages, by the bytes as they came. */
  readonly checksum: PagesChecksum;
  readonly complete: boolean;
  /** Of the bronze table, before anything is staged. */
  readonly version: number;
  /** Numbers of the run's pages to be staged, for example `1-40,42`; empty where there is nothing new. */
  readonly toStage: string;
  /** Versions of the parents' tables that the pages are about. */
  readonly parents?: Readonly<Record<string, number>>;
}

/** Brings one stream up to date. `streams` are all of the source's, for its parents. Throws the Fault that stopped it, after all that had come is in raw. */
export async function syncStream(
  needs: SyncNeeds,
  stream: OpenStream,
  streams: readonly OpenStream[],
): Promise<StreamReport> {
  const { entries, ...part } = await fetchPages(needs, stream, streams);
  return stageEntries(needs, stream, part, entries);
}

/** The first part: everything received is in raw under the run's name. The same run again goes on where it broke off. */
export async function fetchPart(
  needs: FetchPartNeeds,
  stream: OpenStream,
  streams: readonly StreamFacts[],
): Promise<FetchedPart> {
  const { entries: _, ...part } = await fetchPages(needs, stream, streams);
  return part;
}

/** The second part, from raw alone; the same part again adds nothing. */
export async function stagePart(
  needs: StageNeeds & { readonly now: Clock },
  stream: StreamFacts,
  part: FetchedPart,
): Promise<StreamReport> {
  const wanted = readPageList(part.toStage);
  const since = new Date(needs.now().getTime() - 2 * 86_400_000);
  const listed = part.toStage === '' ? [] : await needs.lake.raw.list(needs.source, stream.name, needs.run, since);
  const entries = listed.filter(({ page }) => wanted(page));
  const report = await stageEntries(needs, stream, part, entries);
  // Not before its rows are committed: until then only the inbox knows that they are still to come.
  for (const { arrived } of entries.map(readNote))
    if (arrived !== undefined) await needs.lake.inbox.remove(needs.source, stream.name, arrived);
  return report;
}

/** Stages pages as they are, without moving where the live reading stands: their notes carry no cursor. */
export async function stagePages(
  needs: StageNeeds,
  stream: StreamFacts,
  entries: readonly RawPageEntry[],
): Promise<Staged & { readonly records: number }> {
  const staged = await stageStream(needs, stream, { entries, complete: false });
  return { ...staged, records: entries.reduce((sum, entry) => sum + readNote(entry).records, 0) };
}

async function fetchPages(
  needs: FetchPartNeeds,
  stream: OpenStream,
  streams: readonly StreamFacts[],
): Promise<FetchedPart & { readonly entries: readonly RawPageEntry[] }> {
  const { lake, source } = needs;
  const state = await readBronzeState(bronzeTable(lake, source, stream));
  const { parent } = stream;
  const changed = parent === undefined ? undefined : await changedParents(needs, { ...stream, parent }, streams, state);
  if (changed?.keys.length === 0)
    return {
      stream: stream.name,
      pages: 0,
      records: 0,
      checksum: pagesChecksum([]),
      complete: true,
      version: state.version,
      toStage: '',
      entries: [],
    };

  const { entries, complete } = await fetchStream(needs, stream, {
    cursor: state.cursor,
    listing: state.listing,
    newest: state.newestIngestAt,
    ...(changed === undefined ? {} : { parents: async () => changed.keys }),
  });
  const unchanged = complete && stream.mode !== 'children' && state.listing === listingHash(entries);
  const fresh = unchanged ? [] : entries;
  return {
    stream: stream.name,
    pages: entries.length,
    records: fresh.reduce((sum, entry) => sum + readNote(entry).records, 0),
    checksum: pagesChecksum(fresh),
    complete,
    version: state.version,
    toStage: renderPageList(fresh.map(({ page }) => page)),
    ...(complete && changed !== undefined ? { parents: changed.versions } : {}),
    entries: fresh,
  };
}

async function stageEntries(
  needs: StageNeeds,
  stream: StreamFacts,
  part: FetchedPart,
  entries: readonly RawPageEntry[],
): Promise<StreamReport> {
  const { pages, complete, version, parents } = part;
  if (entries.length > 0) {
    const staged = await stageStream(needs, stream, { entries, complete }, parents);
    return { ...staged, stream: stream.name, pages, complete };
  }
  return { stream: stream.name, rows: 0, quarantined: 0, unreadable: [], drift: {}, version, pages, complete };
}
