// The finished JSON of an answer: one query, or several together (compareDateRange, blending, every call of Cube's own client).
import { echoQuery, frame, type NormalizedQuery, type RootResult, type TransformData } from './query-result.ts';
import { type Table, tableFromBuffer } from './table.ts';
import { transformTable } from './transform.ts';

export interface MultiOptions {
  readonly queryType: string;
  readonly slowQuery?: boolean;
}

export function finishOne(transform: TransformData, table: Table, root: RootResult): Record<string, unknown> {
  return { ...frame(root), data: transformTable(transform, table) };
}

export function finishMany(
  parts: readonly { readonly transform: TransformData; readonly table: Table; readonly root: RootResult }[],
  { queryType, slowQuery = false }: MultiOptions,
): Record<string, unknown> {
  const results = parts.map(({ transform, table, root }) => finishOne(transform, table, root));
  return {
    queryType,
    results,
    pivotQuery: pivotQuery(
      queryType,
      parts.map(({ root }) => root.query),
    ),
    slowQuery,
  };
}

const union = (lists: readonly (readonly string[] | undefined)[]) => [...new Set(lists.flatMap((list) => list ?? []))];

/** The query by which the client pivots the results: that of the first, widened where several were asked. */
function pivotQuery(queryType: string, queries: readonly NormalizedQuery[]): Record<string, unknown> {
  const [first = {}] = queries;
  const echoed = echoQuery(first);
  if (queryType === 'blendingQuery') {
    echoed.measures = union(queries.map((query) => query.measures));
    echoed.dimensions = union(queries.map((query) => query.dimensions));
    const granularity = first.timeDimensions?.find((time) => time.granularity)?.granularity;
    echoed.timeDimensions = [{ dimension: 'time', ...(granularity ? { granularity } : {}) }];
  }
  if (queryType === 'compareDateRangeQuery') echoed.dimensions = ['compareDateRange', ...(first.dimensions ?? [])];
  return { ...echoed, queryType };
}

const toBuffer = (answer: unknown): Buffer => Buffer.from(JSON.stringify(answer));

/** Cube's seam: raw rows as a Buffer of columnar JSON in, the answer's bytes out. */
export async function getFinalQueryResult(
  transform: TransformData,
  raw: Uint8Array,
  root: RootResult,
): Promise<Buffer> {
  return toBuffer(finishOne(transform, tableFromBuffer(raw), root));
}

export async function getFinalQueryResultMulti(
  transforms: readonly TransformData[],
  raws: readonly Uint8Array[],
  { queryType, results, slowQuery }: MultiOptions & { readonly results: readonly RootResult[] },
): Promise<Buffer> {
  const parts = results.map((root, at) => {
    const [transform, raw] = [transforms[at], raws[at]];
    if (!transform || !raw) throw new Error(`Result ${at} came without its rows`);
    return { transform, table: tableFromBuffer(raw), root };
  });
  return toBuffer(finishMany(parts, { queryType, ...(slowQuery === undefined ? {} : { slowQuery }) }));
}
