// Sort order, sort values and search_after. A point in time adds the tiebreak `_shard_doc`, which is constant only within it.
import { instant } from '../standing.ts';
import type { Columns, Scalar } from './columns.ts';
import { compare, QueryError } from './query.ts';

export interface SortKey {
  readonly field: string;
  readonly sign: 1 | -1;
  /** Dates are epoch milliseconds unless a format is given. */
  readonly format: string | undefined;
}

/** A missing value sorts last, as the largest long: more than a JavaScript number holds exactly. */
const missing = 2 ** 63;
/** The real one is shard and position in one long. */
const shardBase = 2 ** 32;

/** The keys of a request's `sort`; `pit` adds the tiebreak. Throws QueryError. */
export function readSort(sort: unknown, pit: boolean): readonly SortKey[] {
  const given = sort === undefined || sort === null ? [] : Array.isArray(sort) ? sort : [sort];
  const keys = given.flatMap((one: unknown): SortKey[] => {
    if (typeof one === 'string') {
      const [field = '', order] = one.split(':');
      return [{ field, sign: order === 'desc' ? -1 : 1, format: undefined }];
    }
    if (typeof one !== 'object' || one === null) throw new QueryError('malformed sort');
    return Object.entries(one).map(([field, options]: [string, unknown]) => {
      const order = typeof options === 'object' && options !== null && 'order' in options ? options.order : options;
      const format =
        typeof options === 'object' && options !== null && 'format' in options ? options.format : undefined;
      return { field, sign: order === 'desc' ? -1 : 1, format: typeof format === 'string' ? format : undefined };
    });
  });
  if (!pit && keys.some(({ field }) => field === '_shard_doc'))
    throw new QueryError('[_shard_doc] sort field cannot be used without [point in time]');
  if (pit && !keys.some(({ field }) => field === '_shard_doc'))
    return [...keys, { field: '_shard_doc', sign: 1, format: undefined }];
  return keys;
}

/** Position of documents in a sort order. */
export function sorter(keys: readonly SortKey[], columns: Columns) {
  const value = (key: SortKey, i: number): Scalar => {
    if (key.field === '_shard_doc' || key.field === '_doc') return shardBase + i;
    if (key.field === '_score') return 0;
    return columns.values(key.field, i)[0] ?? missing;
  };
  const against = (i: number, after: readonly Scalar[]): number => {
    for (const [n, wanted] of after.entries()) {
      const key = keys[n]!;
      const difference = key.sign * ordered(value(key, i), wanted);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  return {
    order: (a: number, b: number): number => {
      for (const key of keys) {
        const difference = key.sign * ordered(value(key, a), value(key, b));
        if (difference !== 0) return difference;
      }
      return a - b;
    },
    /** True when document i comes after the given sort values; fewer values than keys skip all that tie with them. */
    isAfter: (i: number, after: readonly Scalar[]): boolean => against(i, after) > 0,
    /** The sort values of document i as JSON text. */
    text: (i: number): string =>
      keys
        .map((key) => {
          const found = value(key, i);
          if (found === missing) return '9223372036854775807';
          const date = key.format !== undefined && key.format !== 'epoch_millis' && columns.isDate(key.field);
          return JSON.stringify(date && typeof found === 'number' ? new Date(found).toISOString() : found);
        })
        .join(','),
  };
}

/** The values of search_after, dates as milliseconds. Throws QueryError when their number cannot be right. */
export function readSearchAfter(given: unknown, keys: readonly SortKey[], pit: boolean): readonly Scalar[] | undefined {
  if (given === undefined || given === null) return undefined;
  const least = pit ? Math.max(1, keys.length - 1) : keys.length;
  if (!Array.isArray(given) || given.length > keys.length || given.length < least)
    throw new QueryError(
      `search_after has ${Array.isArray(given) ? given.length : 0} value(s) but sort has ${keys.length}.`,
    );
  return given.map((one) => instant(one) ?? (one as Scalar));
}

/** A missing value is a number beside strings too, and comes last. */
function ordered(a: Scalar, b: Scalar): number {
  if (a === missing || b === missing) return (a === missing ? 1 : 0) - (b === missing ? 1 : 0);
  return compare(a, b);
}
