// Which files of a table differ between two of its versions, told by its log alone.
import type { AddFile } from './actions.ts';
import { loggedPartitioning } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

export interface FileChanges {
  readonly added: readonly AddFile[];
  readonly removed: readonly AddFile[];
  /** Of the later version's bytes, those in files that the earlier one does not have: 0 to 1. */
  readonly share: number;
  /** Partitions that these files are of; undefined where the table has none. */
  readonly partitions: { readonly values: readonly string[]; readonly within: string } | undefined;
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
  const partition = loggedPartitioning(to);
  const values = [
    ...new Set([...added, ...removed].map((file) => file.partitionValues[partition?.field ?? ''] ?? null)),
  ];
  const isIn = (value: string | null) =>
    value === null ? `${partition?.sql} is null` : `(${partition?.within(value)})`;
  return {
    added,
    removed,
    share: bytes(added) / Math.max(1, bytes(after.files.values())),
    partitions: partition && {
      values: values.map((value) => value ?? ''),
      within: values.map(isIn).join(' or ') || 'false',
    },
  };
}
