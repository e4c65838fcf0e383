// Fetches one stream: everything received is in raw before it is staged.
import type { Clock, Observe, SourceName } from '@tessera/base';
import type { RawPage, RawPageEntry, TenantLake } from '@tessera/lakehouse';
import type { StreamPage } from './contract.ts';
import type { OpenStream } from './define-connector.ts';
import { readNote, renderNote } from './page-note.ts';
import { createPageStore } from './page-store.ts';
import { createPageRetry } from './retry-page.ts';
import type { RetryPolicy } from './retry-wait.ts';

export interface FetchNeeds {
  readonly lake: TenantLake;
  readonly source: SourceName;
  /** Names sort by time (two versions of a record received at the same instant are told apart by them); the same name again goes on where the run broke off. */
  readonly run: string;
  readonly now: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  readonly observe: Observe;
  readonly random?: () => number;
  readonly retry?: RetryPolicy;
  /** Stops after so many pages; the next run goes on. A listing that must be complete is not bounded. */
  readonly maxPages?: number;
}
export interface Fetched {
  /** Pages to be staged, in order. */
  readonly entries: readonly RawPageEntry[];
  /** False where maxPages stopped it, so that more is waiting. */
  readonly complete: boolean;
}

/**
 * Fetches from `cursor` to the end, or to maxPages. Faults with `retry` are waited for and repeated from the last stored page; all others, and the last of too many, are thrown
 * after everything received until then is in raw. An answer that cannot be read is kept in raw too, marked as unusable.
 */
export async function fetchStream(
  needs: FetchNeeds,
  stream: OpenStream,
  from: {
    readonly cursor: unknown;
    readonly parents?: () => Promise<readonly string[]>;
    /** Hash of the listing staged last: the same listing again is not written to raw a second time. */
    readonly listing?: string | undefined;
    /** When what was staged last had been received. */
    readonly newest?: string | undefined;
  },
): Promise<Fetched> {
  const { lake, source, run, now, observe, maxPages } = needs;
  // A run that broke off longer ago than this begins anew from the staged cursor.
  const before = await lake.raw.list(source, stream.name, run, new Date(now().getTime() - 2 * 86_400_000));
  const progress = progressOf(stream, before, from);
  const store = createPageStore(lake.raw, stream.mode, before.length === 0 ? from.listing : undefined);
  const orderly = afterwards(from.newest, before);
  let page = Math.max(0, ...before.map((entry) => entry.page));
  let startedOver = false;
  let stored = 0;

  const pageOf = (answer: Omit<StreamPage, 'records' | 'cursor'>, cursor: string): RawPage => ({
    source,
    stream: stream.name,
    run,
    page: ++page,
    receivedAt: orderly(answer.receivedAt),
    request: answer.request,
    status: answer.status,
    body: answer.body,
    cursor,
  });
  const retries = createPageRetry(needs, stream.name, pageOf);

  for (;;) {
    try {
      const { cursor, parents } = progress;
      for await (const answer of stream.pages({ cursor, now, ...(parents === undefined ? {} : { parents }) })) {
        if (isWorthKeeping(stream, answer)) {
          progress.keep(await store.add(pageOf(answer, renderNote(answer))), answer);
          stored++;
          observe({
            event: 'page.written',
            tenant: lake.tenant,
            source,
            stream: stream.name,
            records: answer.records,
            bytes: answer.body.byteLength,
          });
        } else {
          progress.skip(answer);
        }
        if (progress.isProgress(answer)) retries.progressed();
        if (maxPages !== undefined && stored >= maxPages && isBounded(stream, answer)) {
          await store.settle();
          return { entries: progress.entries, complete: false };
        }
      }
      await store.settle(progress.entries);
      return { entries: progress.entries, complete: true };
    } catch (error) {
      const fault = await retries.faultOf(error);
      const expired = fault.code === 'CURSOR_EXPIRED';
      try {
        if (expired && (startedOver || progress.cursor === undefined)) throw fault;
        await retries.wait(fault, { atOnce: expired });
      } catch (last) {
        await store.settle();
        throw last;
      }
      startedOver ||= expired;
      progress.restart(expired);
    }
  }
}

/** What came later counts as later, even where the clock went back in between: the newest version of a record is told by these instants. */
function afterwards(newest: string | undefined, before: readonly RawPageEntry[]): (receivedAt: Date) => Date {
  let floor = Math.max(
    newest === undefined ? Number.NEGATIVE_INFINITY : Date.parse(newest) + 1,
    ...before.map(({ receivedAt }) => receivedAt.getTime()),
  );
  return (receivedAt) => {
    floor = Math.max(floor, receivedAt.getTime());
    return new Date(floor);
  };
}

/** Only a stream that can go on from the page just stored may be cut off there; a listing says nothing until it is complete. */
const isBounded = (stream: OpenStream, page: StreamPage): boolean =>
  stream.mode !== 'snapshot' && stream.mode !== 'children' && page.cursor != null && page.full === undefined;

/** An empty answer of a poll holds nothing; where absence means something, an empty page is the news. */
const isWorthKeeping = (stream: OpenStream, page: StreamPage): boolean =>
  page.records > 0 || page.full === true || stream.mode === 'snapshot' || stream.mode === 'children';

/** Where a stream stands, and how it goes on after a failure: from the last cursor; a listing without one from its start, without the parents that are done. */
function progressOf(
  stream: OpenStream,
  before: readonly RawPageEntry[],
  from: { readonly cursor: unknown; readonly parents?: () => Promise<readonly string[]> },
) {
  const usable = before.map((entry) => ({ entry, note: readNote(entry) })).filter(({ note }) => !note.unusable);
  const goesOn = (cursor: unknown, parent: string | undefined) => cursor != null || parent !== undefined;
  // Pages of an interrupted listing say who was there then, which is not who is there now: such a listing begins anew.
  const kept = usable.filter(({ note }) => goesOn(note.cursor, note.parent));
  const entries = kept.map(({ entry }) => entry);
  const parentsSeen = new Set<string>();
  let lastParent: string | undefined;
  let cursor = kept.findLast(({ note }) => note.cursor != null)?.note.cursor ?? from.cursor ?? undefined;

  const see = (parent: string | undefined) => {
    if (lastParent !== undefined && lastParent !== parent) parentsSeen.add(lastParent);
    lastParent = parent;
  };
  for (const { note } of kept) see(note.parent);
  const all = from.parents;
  const move = (page: StreamPage) => {
    see(page.parent);
    if (page.cursor != null) cursor = page.cursor;
  };
  return {
    entries,
    get cursor() {
      return cursor;
    },
    ...(all === undefined
      ? { parents: undefined }
      : { parents: async () => (await all()).filter((parent) => !parentsSeen.has(parent)) }),
    keep(entry: RawPageEntry, page: StreamPage) {
      entries.push(entry);
      move(page);
    },
    skip: move,
    isProgress: (page: StreamPage) => goesOn(page.cursor, page.parent),
    restart(expired: boolean) {
      if (expired) cursor = undefined;
      // The last parent may have had more pages: it is asked again, as a whole.
      const again = entries.findIndex((entry) => {
        const { cursor: at, parent } = readNote(entry);
        return !goesOn(at, parent) || (parent !== undefined && parent === lastParent);
      });
      if (again >= 0 && stream.mode !== 'events') entries.splice(again);
      lastParent = undefined;
    },
  };
}
