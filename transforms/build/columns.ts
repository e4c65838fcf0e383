// Columns of a model as the lakehouse wants them.
import type { ColumnMeta, TableMeta } from '../table-meta.ts';

type AnyMeta = TableMeta<Record<string, ColumnMeta>>;

/** Name → type, in the order of the meta. */
export const columnTypes = (meta: AnyMeta): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(meta.columns).map(([name, column]) => [name, column.type]));

/** Columns that may not be null. */
export const requiredColumns = (meta: AnyMeta): readonly string[] =>
  Object.entries(meta.columns)
    .filter(([, column]) => column.nullable !== true)
    .map(([name]) => name);
