// Files that hold what was added to a table since a version, found in its commits.
import { Fault } from '@tessera/base';
import type { AddFile } from './actions.ts';
import { readCommit } from './log.ts';
import type { Snapshot } from './snapshot.ts';
import type { TableFiles } from './table-files.ts';

/**
 * Files added with new data after `since` whose rows are still in the table. Where a compaction has joined one into
 * another, the old file itself is given (it lies there until vacuum takes it): the joined one holds older rows, too.
 */
export async function addedFiles(where: TableFiles, state: Snapshot, since: number): Promise<readonly AddFile[]> {
  const added = new Map<string, AddFile>();
  const joinedInto = new Map<string, string>();
  for (let version = since + 1; version <= state.version; version++) {
    const actions = await readCommit(where, version);
    if (actions === undefined) {
      throw new Fault('TABLE_LOG_BROKEN', { table: where.table, version, problem: 'the commit is missing' });
    }
    for (const { add } of actions) if (add?.dataChange) added.set(add.path, add);
    const outputs = actions.flatMap(({ add }) => (add && !add.dataChange ? [add.path] : []));
    for (const { remove } of actions)
      if (remove && !remove.dataChange && outputs.length === 1) joinedInto.set(remove.path, outputs[0] ?? '');
  }
  const isThere = (path: string): boolean => {
    const next = joinedInto.get(path);
    return state.files.has(path) || (next !== undefined && isThere(next));
  };
  return [...added.values()].filter(({ path }) => isThere(path));
}
