// Cuts a run's pages into batches that fit into memory, one commit each.
import type { RawPageEntry } from '@tessera/lakehouse';
import { readNote } from './page-note.ts';

const largestBatch = { records: 25_000, bytes: 48 * 1024 * 1024, pages: 2000 };

/** Pages in order. A whole listing is one batch, since only all of it says who is gone; pages of one parent stay together for the same reason. */
export function planBatches(entries: readonly RawPageEntry[], whole: boolean): readonly (readonly RawPageEntry[])[] {
  if (entries.length === 0) return [];
  if (whole) return [entries];
  const batches: RawPageEntry[][] = [];
  let size = { records: 0, bytes: 0, pages: 0 };
  let parentBefore: string | undefined;
  for (const entry of entries) {
    const { records, bytes, parent } = readNote(entry);
    const grown = { records: size.records + records, bytes: size.bytes + bytes, pages: size.pages + 1 };
    const tooLarge =
      grown.records > largestBatch.records || grown.bytes > largestBatch.bytes || grown.pages > largestBatch.pages;
    const mayCut = parent === undefined || parent !== parentBefore;
    const open = batches.at(-1);
    if (open === undefined || (tooLarge && mayCut)) {
      batches.push([entry]);
      size = { records, bytes, pages: 1 };
    } else {
      open.push(entry);
      size = grown;
    }
    parentBefore = parent;
  }
  return batches;
}
