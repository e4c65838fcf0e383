// What the runner notes beside a raw page, in its cursor field, so that bronze can be made again from raw alone.
import type { RawPageEntry } from '@tessera/lakehouse';
import { z } from 'zod';
import type { StreamPage } from './contract.ts';

const pageNote = z.object({
  cursor: z.unknown(),
  records: z.number().int(),
  bytes: z.number().int(),
  parent: z.string().optional(),
  full: z.literal(true).optional(),
  /** Kept for a person to look at, never staged: its answer broke off or could not be read. */
  unusable: z.literal(true).optional(),
  /** One record out of quarantine, staged by itself: it says nothing of what it does not hold. */
  mended: z.literal(true).optional(),
  /** Id of the delivery that this page is: sent to us, not fetched. */
  arrived: z.string().optional(),
});
export type PageNote = z.infer<typeof pageNote>;

/** The note as the text that is stored. */
export function renderNote(page: StreamPage): string {
  const { cursor, records, parent, full, body } = page;
  return JSON.stringify({
    cursor: cursor ?? null,
    records,
    bytes: body.byteLength,
    ...(parent === undefined ? {} : { parent }),
    ...(full === undefined ? {} : { full }),
  });
}

export const renderUnusableNote = (bytes: number): string =>
  JSON.stringify({ cursor: null, records: 0, bytes, unusable: true });

export const renderMendedNote = (bytes: number, parent: string | undefined): string =>
  JSON.stringify({ cursor: null, records: 1, bytes, mended: true, ...(parent === undefined ? {} : { parent }) });

export const renderArrivedNote = (bytes: number, records: number, id: string): string =>
  JSON.stringify({ cursor: null, records, bytes, arrived: id });

/** Whether pages were sent to us. Pages of one run are all of one kind. */
export const haveArrived = (entries: readonly RawPageEntry[]): boolean =>
  entries.length > 0 && entries.every((entry) => readNote(entry).arrived !== undefined);

/** The note of a stored page. */
export const readNote = (entry: RawPageEntry): PageNote => pageNote.parse(JSON.parse(entry.cursor));

/** `<run>-<page>`, padded so that later pages of a run sort after earlier ones. */
export const pageReference = (entry: { readonly run: string; readonly page: number }): string =>
  `${entry.run}-${String(entry.page).padStart(6, '0')}`;
