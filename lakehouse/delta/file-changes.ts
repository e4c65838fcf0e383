// Which files of a table differ between two of its versions, told by its log alone.
import type { TableChanges } from '../contract.ts';
import type { AddFile } from './actions.ts';
import { loggedPartitioning } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

export interface FileChanges extends Pick<TableChanges, 'share' | 'months'> {
  readonly added: readonly AddFile[];
  readonly removed: readonly AddFile[];
}

/** Undefined where files cannot tell: the table is not there at both versions, or its columns or partitioning changed. */
export function fileChanges(before: Snapshot, after: Snapshot): FileChanges | undefined {
  const [from, to] = [before.metadata, after.metadata];
  if (from === undefined || to === undefined || from.schemaString !== to.schemaString) return undefined;
  if (from.partitionColumns.join() !== to.partitionColumns.join()) return undefined;
  const missing = (here: Snapshot, there: Snapshot) =>
    [...here.files.values()].filter(({ path }) => !there.files.has(path));
  const [added, removed] = [missing(after, before), missing(before, after)];
  const bytes = (files: Iterable<AddFile>) => [...files].reduce((sum, { size }) => sum + size, 0);
  const share = bytes(added) / Math.max(1, bytes(after.files.values()));
  const partition = loggedPartitioning(to);
  // Months only: a copy of the rows may hold other types differently, a day is the same everywhere.
  if (partition === undefined || partition.field === partition.column)
    return { added, removed, share, months: undefined };
  const values = [...new Set([...added, ...removed].map((file) => file.partitionValues[partition.field] ?? null))];
  const isIn = (value: string | null) => (value === null ? `${partition.sql} is null` : `(${partition.within(value)})`);
  const months = { values: values.map((value) => value ?? ''), within: values.map(isIn).join(' or ') || 'false' };
  return { added, removed, share, months };
}
