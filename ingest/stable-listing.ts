// Offset paging over a set that may change: rows slide between pages, so a listing counts only when nothing moved while it was read.
import { Fault, type SourceName } from '@tessera/base';
import type { StreamPage } from './contract.ts';

export interface OffsetPage {
  readonly page: StreamPage;
  /** Ids of its records, in the vendor's order; undefined for a record without one, which is quarantine's business and counts for nothing here. */
  readonly ids: readonly (string | undefined)[];
  /** The vendor's count of all records, where it gives one. */
  readonly total: number | undefined;
  /** The vendor says, or its count shows, that nothing follows. */
  readonly last: boolean;
}

const attempts = 3;

/**
 * Reads page after page by offset (rows so far) or index, until the last or one without anything new. Where the total changes on the way, an id comes twice, or the ids do not add up to the total, all is read again; the pages
 * already yielded stay good, since a record seen twice is staged once. After three tries: LISTING_UNSTABLE, so that no record is taken for deleted because it slid past us.
 */
export async function* stableListing(
  source: SourceName,
  stream: string,
  read: (offset: number, index: number) => Promise<OffsetPage>,
): AsyncGenerator<StreamPage> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const seen = new Set<string>();
    let rows = 0;
    let named = 0;
    let total: number | undefined;
    let stable = true;
    for (let index = 0; ; index++) {
      const answer = await read(rows, index);
      yield answer.page;
      stable &&= index === 0 || answer.total === total;
      total = answer.total;
      rows += answer.ids.length;
      const before = seen.size;
      for (const id of answer.ids) {
        if (id === undefined) continue;
        named++;
        seen.add(id);
      }
      if (answer.last || seen.size === before) break;
    }
    if (stable && seen.size === named && (total === undefined || (named <= total && total <= rows))) return;
  }
  throw new Fault('LISTING_UNSTABLE', { source, stream });
}
