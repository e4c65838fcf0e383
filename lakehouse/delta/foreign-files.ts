// Data files of other writers: they lack the partition columns, whose values stand in the log alone, and columns that came after them.
import { Fault } from '@tessera/base';
import { ident, text, textList } from '../sql-text.ts';
import type { AddFile } from './actions.ts';
import { checksumTag } from './file-check.ts';
import { columnsOf, type Snapshot } from './snapshot.ts';
import type { TableFiles } from './table-files.ts';

/** Types whose partition values are the same text for every writer. */
const plainValues = /^(VARCHAR|BOOLEAN|DATE|TINYINT|SMALLINT|INTEGER|BIGINT)$/;

export interface LocalFile {
  readonly add: AddFile;
  readonly path: string;
}

export const isForeign = (add: AddFile): boolean => add.tags?.[checksumTag] === undefined;

/**
 * Selects of all rows of foreign files, one for each partition, with the partition's values as the log tells them
 * (Delta protocol, "Partition Value Serialization"). TABLE_FEATURE for a column whose value cannot be told.
 */
export function readForeign(
  where: TableFiles,
  state: Snapshot,
  files: readonly LocalFile[],
  more: string,
): readonly string[] {
  const columns = columnsOf(state);
  // A month of a date is no column of the rows.
  const lacking = (state.metadata?.partitionColumns ?? []).filter((name) => columns.has(name));
  const odd = lacking.find((name) => !plainValues.test(columns.get(name) ?? ''));
  if (odd !== undefined) {
    throw new Fault('TABLE_FEATURE', { table: where.table, feature: `a partition by ${odd} of ${columns.get(odd)}` });
  }
  const partitionValue = ({ add }: LocalFile, name: string) => add.partitionValues[name] || null;
  const groups = Map.groupBy(files, (file) => JSON.stringify(lacking.map((name) => partitionValue(file, name))));
  return [...groups.values()].map((group) => {
    const [first] = group;
    const values = lacking.map((name) => {
      const value = first === undefined ? null : partitionValue(first, name);
      return `${value === null ? 'null' : text(value)}::${columns.get(name)} as ${ident(name)}`;
    });
    const kept = lacking.length === 0 ? '*' : `columns(c -> c not in (${lacking.map(text).join(', ')}))`;
    const paths = textList(group.map(({ path }) => path));
    return `select ${[kept, ...values].join(', ')} from read_parquet(${paths}, hive_partitioning = false, union_by_name = true${more})`;
  });
}
