// One stream from where it stands: fetch to raw, then stage to bronze; nothing is staged where the vendor had nothing new.
import type { Clock } from '@tessera/base';
import { bronzeTable, readBronzeState } from './bronze-table.ts';
import { changedParents } from './changed-parents.ts';
import type { OpenStream } from './define-connector.ts';
import { type FetchNeeds, fetchStream } from './fetch-stream.ts';
import { listingHash, type Staged, type StageNeeds, stageStream } from './stage-stream.ts';

export type SyncNeeds = StageNeeds & FetchNeeds & { readonly now: Clock };

export interface StreamReport extends Staged {
  readonly stream: string;
  readonly pages: number;
  /** False where maxPages stopped it: the next run goes on. */
  readonly complete: boolean;
}

/** Brings one stream up to date. `streams` are all of the source's, for its parents. Throws the Fault that stopped it, after staging what had come where that is safe. */
export async function syncStream(
  needs: SyncNeeds,
  stream: OpenStream,
  streams: readonly OpenStream[],
): Promise<StreamReport> {
  const { lake, source } = needs;
  const state = await readBronzeState(bronzeTable(lake, source, stream));
  const { parent } = stream;
  const changed = parent === undefined ? undefined : await changedParents(needs, { ...stream, parent }, streams, state);
  const nothing = { stream: stream.name, rows: 0, quarantined: 0, unreadable: [], drift: {}, version: state.version };
  if (changed?.keys.length === 0) return { ...nothing, pages: 0, complete: true };

  const { entries, complete } = await fetchStream(needs, stream, {
    cursor: state.cursor,
    listing: state.listing,
    ...(changed === undefined ? {} : { parents: async () => changed.keys }),
  });
  const unchanged = complete && stream.mode !== 'children' && state.listing === listingHash(entries);
  if (unchanged || entries.length === 0) return { ...nothing, pages: entries.length, complete };

  const staged = await stageStream(needs, stream, { entries, complete }, complete ? changed?.versions : undefined);
  return { ...staged, stream: stream.name, pages: entries.length, complete };
}
