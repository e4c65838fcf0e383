// A stream's bronze made again from raw alone: the same parts in the same order, each as far as it came the first time.
import type { RawPages } from '@tessera/lakehouse';
import type { StreamFacts } from './define-connector.ts';
import { readPageList } from './page-list.ts';
import { type StageNeeds, stageStream } from './stage-stream.ts';

export interface Restaged {
  readonly parts: number;
  readonly pages: number;
}

/**
 * Stages every noted part of `raw` into the lake of `needs`, whose table must be empty. `batches` is how many were committed the first time, where that is known:
 * a last part that never was is left out. Whose records are taken is as the part noted it; `owner` is for parts that did not. A part that was refused then is refused again, and the one after it took its number.
 */
export async function restageStream(
  needs: Omit<StageNeeds, 'run'>,
  raw: RawPages,
  stream: StreamFacts,
  batches = Number.POSITIVE_INFINITY,
): Promise<Restaged> {
  const { source, lake } = needs;
  const parts = (await raw.parts(source, stream.name)).filter(({ number }) => number <= batches);
  if (parts.length === 0) return { parts: 0, pages: 0 };
  const byRun = Map.groupBy(await raw.list(source, stream.name), ({ run }) => run);
  let pages = 0;
  for (const [i, part] of parts.entries()) {
    const wanted = readPageList(part.pages);
    const entries = (byRun.get(part.run) ?? []).filter(({ page }) => wanted(page));
    pages += entries.length;
    const until = Math.min(batches, (parts[i + 1]?.number ?? Number.POSITIVE_INFINITY) - 1);
    // Pages are read where they lie; the copy notes nothing of them.
    const owner = part.owner === undefined ? needs.owner : (part.owner ?? undefined);
    const its = { ...needs, owner, run: part.run, lake: { ...lake, raw: { ...raw, notePart: async () => {} } } };
    await stageStream(its, stream, { entries, complete: part.complete }, {}, until);
  }
  return { parts: parts.length, pages };
}
