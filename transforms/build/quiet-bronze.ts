// Versions of bronze tables that brought no rows: a connector's cursor moved, and nothing is to be built.
import type { DeltaTable } from '@tessera/lakehouse';
import { isBronze } from '../bronze-columns.ts';
import type { BuiltFrom, TableState } from './ledger.ts';

/** So many quiet commits are looked through before the model is built once more, to note the newer version. */
const quietLimit = 64;

/** The states as a model that was built from `before` should see them: a bronze table without new rows at the version it was read at. */
export async function withQuietBronze(
  states: ReadonlyMap<string, TableState>,
  tables: ReadonlyMap<string, DeltaTable>,
  before: BuiltFrom | undefined,
): Promise<ReadonlyMap<string, TableState>> {
  const seen = new Map(states);
  for (const [name, read] of Object.entries(before?.tables ?? {})) {
    const state = states.get(name);
    if (!state || !isBronze(name) || state.dataVersion <= read || state.dataVersion - read > quietLimit) continue;
    if (!(await tables.get(name)?.scanAddedSince(read))) seen.set(name, { ...state, dataVersion: read });
  }
  return seen;
}
