// What a vendor sent by itself becomes raw pages of a run, in the place of a fetch; staging then removes it from the inbox.
import type { Clock, Observe, SourceName } from '@tessera/base';
import type { RawPageEntry, TenantLake } from '@tessera/lakehouse';
import { bronzeTable, readBronzeState } from '../bronze-table.ts';
import type { StreamFacts } from '../define-connector.ts';
import { pagesChecksum } from '../page-checksum.ts';
import { renderPageList } from '../page-list.ts';
import { readNote, renderArrivedNote } from '../page-note.ts';
import type { FetchedPart } from '../sync-stream.ts';

export interface TakeNeeds {
  readonly lake: TenantLake;
  readonly source: SourceName;
  readonly run: string;
  readonly now: Clock;
  readonly observe: Observe;
}

/** In one turn; what is left is taken in the next. */
const mostDeliveries = 1000;
const dayMs = 86_400_000;

/**
 * Every delivery that waits, as a page of the run, its bytes untouched. A run that breaks off leaves them in the inbox, and the next takes them again:
 * their events are then duplicates.
 */
export async function takeDeliveries(
  { lake, source, run, now, observe }: TakeNeeds,
  stream: StreamFacts,
): Promise<FetchedPart> {
  const { version } = await readBronzeState(bronzeTable(lake, source, stream));
  const waiting = await lake.inbox.list(source, stream.name, mostDeliveries, ({ code, message }) =>
    observe({ event: 'source.failed', tenant: lake.tenant, source, stream: stream.name, code, message }),
  );
  const entries: RawPageEntry[] = [];
  for (const [i, { id, receivedAt, records, body }] of waiting.entries()) {
    const page = {
      ...{ source, stream: stream.name, run, page: i + 1, body },
      // Pages of a run are looked for in the days around it; a tenant may have been paused for longer.
      receivedAt: new Date(Math.max(receivedAt.getTime(), now().getTime() - dayMs)),
      request: `delivery ${id}`,
      status: 200,
      cursor: renderArrivedNote(body.byteLength, records, id),
    };
    entries.push(await lake.raw.put(page));
    observe({
      ...{ event: 'page.written', tenant: lake.tenant, source, stream: stream.name },
      ...{ records, bytes: body.byteLength },
    });
  }
  return {
    stream: stream.name,
    pages: entries.length,
    records: entries.reduce((sum, entry) => sum + readNote(entry).records, 0),
    checksum: pagesChecksum(entries),
    complete: waiting.length < mostDeliveries,
    version,
    toStage: renderPageList(entries.map(({ page }) => page)),
  };
}
