// What Cube hands over beside the rows, and the JSON that it expects back. Names and key order are Cube 1.7.43's.
export interface TimeDimension {
  readonly dimension: string;
  readonly granularity?: string | null;
  readonly dateRange?: readonly string[] | string;
}
export interface NormalizedQuery {
  readonly measures?: readonly string[];
  readonly dimensions?: readonly string[];
  readonly timeDimensions?: readonly TimeDimension[];
  readonly [key: string]: unknown;
}
export interface TransformData {
  readonly aliasToMemberNameMap: Readonly<Record<string, string>>;
  /** Members that the caller may see, with their types; anything else in the rows is a hidden member. */
  readonly annotation: Readonly<Record<string, { readonly type?: string } | undefined>>;
  readonly query: NormalizedQuery;
  readonly queryType?: string;
  readonly resType?: string;
}
export type RootResult = Readonly<Record<string, unknown>> & { readonly query: NormalizedQuery };

const rootKeys = [
  'query',
  'lastRefreshTime',
  'refreshKeyValues',
  'usedPreAggregations',
  'transformedQuery',
  'requestId',
  'annotation',
  'dataSource',
  'dbType',
  'extDbType',
  'external',
  'slowQuery',
  'total',
] as const;

const queryKeys = [
  'measures',
  'dimensions',
  'timeDimensions',
  'segments',
  'limit',
  'offset',
  'total',
  'totalQuery',
  'timezone',
  'renewQuery',
  'ungrouped',
  'responseFormat',
  'filters',
  'rowLimit',
  'order',
  'queryType',
] as const;

function pick(source: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const present = keys.filter((key) => source[key] !== undefined && source[key] !== null);
  return Object.fromEntries(present.map((key) => [key, source[key]]));
}

/** The query as it is echoed: known keys only, so that no internal field of Cube's leaves the house. */
export const echoQuery = (query: NormalizedQuery): Record<string, unknown> => pick(query, queryKeys);

/** The answer's frame without `data`. */
export function frame(root: RootResult): Record<string, unknown> {
  return { ...pick(root, rootKeys), query: echoQuery(root.query) };
}
