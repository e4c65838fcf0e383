// When a fetched page is written to raw: at once, side by side with the next request, or only once it is known that the listing says something new.
import type { RawPage, RawPageEntry, RawPages } from '@tessera/lakehouse';
import type { StreamMode } from './contract.ts';
import { listingHash } from './stage-stream.ts';

export interface PageStore {
  /** The page's entry; it may be written later, but never after `settle`. */
  add(page: RawPage): Promise<RawPageEntry>;
  /** Everything added is durable when this resolves, but for a listing whose `entries` are, byte for byte, the known one: that is not written at all. */
  settle(entries?: readonly RawPageEntry[]): Promise<void>;
}

/** Pages of a listing are held back up to so many bytes; a larger one is written as it comes. */
const heldBytes = 32 * 1024 * 1024;
const writesAtOnce = 8;

/**
 * `known` is the hash of the listing that was staged last. Cursors of events move with each page, so their pages are written one after another;
 * a page of children stands for itself, so several may be under way.
 */
export function createPageStore(raw: RawPages, mode: StreamMode, known: string | undefined): PageStore {
  const underWay = new Set<Promise<unknown>>();
  let held: RawPage[] = [];
  let bytes = 0;
  let failed: { readonly error: unknown } | undefined;

  const writeHeld = async () => {
    const pages = held;
    held = [];
    bytes = 0;
    for (const page of pages) await raw.put(page);
  };
  const add: Readonly<Record<StreamMode, (page: RawPage) => Promise<RawPageEntry>>> = {
    events: (page) => raw.put(page),
    async children(page) {
      if (underWay.size >= writesAtOnce) await Promise.race(underWay);
      const write = raw.put(page).finally(() => underWay.delete(write));
      underWay.add(write);
      // A write that fails is told by settle.
      write.catch((error: unknown) => {
        failed ??= { error };
      });
      return raw.describe(page);
    },
    snapshot: hold,
    changes: hold,
  };

  async function hold(page: RawPage): Promise<RawPageEntry> {
    held.push(page);
    bytes += page.body.byteLength;
    if (known === undefined || bytes > heldBytes) await writeHeld();
    return raw.describe(page);
  }

  return {
    add: (page) => add[mode](page),
    async settle(entries) {
      await Promise.allSettled(underWay);
      if (failed) throw failed.error;
      if (entries !== undefined && known !== undefined && listingHash(entries) === known) held = [];
      await writeHeld();
    },
  };
}
