// Which partitions of a table differ between two of its versions, told by their files alone.
import type { ChangedPartitions } from '../contract.ts';
import { loggedPartitioning } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

/** Undefined where partitions cannot tell: the table has none, is not there at both versions, or its columns changed. A partition whose files were only joined counts as changed. */
export function changedPartitions(before: Snapshot, after: Snapshot): ChangedPartitions | undefined {
  const [from, to] = [before.metadata, after.metadata];
  if (from === undefined || to === undefined || from.schemaString !== to.schemaString) return undefined;
  if (from.partitionColumns.join() !== to.partitionColumns.join()) return undefined;
  const partition = loggedPartitioning(to);
  // Months only: a copy of the rows may hold other types differently, a day is the same everywhere.
  if (partition === undefined || partition.field === partition.column) return undefined;
  const partitionIn = (file: { readonly partitionValues: Readonly<Record<string, string | null>> }) =>
    file.partitionValues[partition.field] ?? null;
  const missing = (here: Snapshot, there: Snapshot) =>
    [...here.files.values()].filter(({ path }) => !there.files.has(path)).map(partitionIn);
  return {
    sql: partition.sql,
    values: [...new Set([...missing(before, after), ...missing(after, before)])],
    of: new Set([...after.files.values()].map(partitionIn)).size,
  };
}
