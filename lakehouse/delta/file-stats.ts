// What a data file holds by column: from DuckDB's own figures when it wrote the file, to Delta's stats, to the files a merge can skip.
import type { Row } from '../contract.ts';
import type { AddFile } from './actions.ts';
import type { Columns } from './schema.ts';

type Bound = string | number;
export interface FileStats {
  readonly numRecords: number;
  readonly minValues: Readonly<Record<string, Bound>>;
  readonly maxValues: Readonly<Record<string, Bound>>;
  readonly nullCount: Readonly<Record<string, number>>;
}

/** Rows in files, as the log says; NaN where it does not say so of one, which only other writers leave out. */
export const rowsIn = (files: Iterable<AddFile>): number =>
  [...files].reduce((sum, { stats }) => sum + Number(JSON.parse(stats ?? '{}').numRecords ?? Number.NaN), 0);

const wholeNumbers = new Set(['BIGINT', 'INTEGER', 'SMALLINT', 'TINYINT']);
const longest = 256;

/** Delta keeps milliseconds: the minimum is cut, the maximum goes up, so that the bounds still hold. */
function instantBound(value: string, up: boolean): Bound | undefined {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(value);
  if (parts === null) return undefined;
  const micros = (parts[3] ?? '').padEnd(6, '0');
  const millis = Date.parse(`${parts[1]}T${parts[2]}.${micros.slice(0, 3)}Z`);
  return new Date(up && micros.slice(3) !== '000' ? millis + 1 : millis).toISOString();
}

function bound(type: string, value: string | undefined, up: boolean): Bound | undefined {
  if (value === undefined) return undefined;
  if (wholeNumbers.has(type)) return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
  if (type === 'DOUBLE') return Number.isFinite(Number(value)) ? Number(value) : undefined;
  if (type === 'VARCHAR') return value.length <= longest ? value : undefined;
  if (type === 'DATE') return value;
  if (type === 'TIMESTAMPTZ') return instantBound(value, up);
  return undefined;
}

type Entries = readonly { readonly key: string; readonly value: string }[];

/** `copy … (return_stats true)`'s row → the stats of Delta's `add`. */
export function fileStats(row: Row, columns: Columns): FileStats {
  const minValues: Record<string, Bound> = {};
  const maxValues: Record<string, Bound> = {};
  const nullCount: Record<string, number> = {};
  for (const { key, value } of row.column_statistics as readonly { key: string; value: Entries }[]) {
    const name = key.slice(1, -1).replaceAll('""', '"');
    const type = columns.get(name);
    if (type === undefined) continue;
    const figures = new Map(value.map((entry) => [entry.key, entry.value]));
    if (figures.has('null_count')) nullCount[name] = Number(figures.get('null_count'));
    if (figures.get('has_nan') === 'true') continue;
    const low = bound(type, figures.get('min'), false);
    const high = bound(type, figures.get('max'), true);
    if (low !== undefined && high !== undefined) {
      minValues[name] = low;
      maxValues[name] = high;
    }
  }
  return { numRecords: Number(row.count), minValues, maxValues, nullCount };
}

export type Range = { readonly column: string; readonly min: Bound; readonly max: Bound };

/** Parquet's order of text is that of its UTF-8 bytes, JavaScript's is not. */
const above = (a: Bound, b: Bound): boolean =>
  typeof a === 'number' && typeof b === 'number' ? a > b : Buffer.compare(Buffer.from(`${a}`), Buffer.from(`${b}`)) > 0;

/** Columns by whose bounds files can be skipped: those whose bounds compare as stored. */
export const prunable = (type: string | undefined): boolean =>
  type === 'VARCHAR' || type === 'DATE' || wholeNumbers.has(type ?? '');

/** False only where the file's bounds prove that no row of it lies in all of the ranges. */
export function mayHold(file: AddFile, ranges: readonly Range[]): boolean {
  if (typeof file.stats !== 'string') return true;
  const stats = JSON.parse(file.stats) as Partial<FileStats>;
  return ranges.every(({ column, min, max }) => {
    const low = stats.minValues?.[column];
    const high = stats.maxValues?.[column];
    if (low === undefined || high === undefined || typeof low !== typeof min) return true;
    return !(above(min, high) || above(low, max));
  });
}
