// What Cube hands back, as far as we look at it: wrapped rows (see sql-api/native), their frame, and where it all goes.
import type { Query } from '@tessera/security';
import { type Conjunct, withoutConjuncts } from './rewrite.ts';

export interface WrappedAnswer {
  readonly isWrapper: true;
  getResults(): readonly WrappedResult[];
  /** The finished JSON. */
  getFinalResult(): Promise<Uint8Array>;
}
export interface WrappedResult {
  readonly rows: readonly unknown[];
  /** Finished values column by column, each column with its member's name. */
  getColumns(): { readonly members: readonly string[]; readonly columns: readonly (readonly unknown[])[] };
  getRootResultObject(): [RootResult];
  setRootResultObject(root: object): void;
}
export type RootResult = {
  readonly lastRefreshTime?: string;
  readonly query: EchoedQuery;
  readonly usedPreAggregations?: Readonly<Record<string, unknown>>;
};
type EchoedQuery = Query & { readonly filters?: readonly unknown[] };

export type Respond = (message: object, options?: { status?: number }) => unknown;

export const isWrapped = (message: object): message is WrappedAnswer =>
  'isWrapper' in message && message.isWrapper === true;

/** The answer repeats the query as the caller wrote it: without what was added, and with the limit that he said, or that holds for him. */
export function cleanEcho(
  result: WrappedResult,
  conjuncts: (query: EchoedQuery) => readonly Conjunct[],
  limit: number,
): void {
  const [root] = result.getRootResultObject();
  const { filters = [] } = root.query;
  const echoed = (rows: number | null | undefined) => (typeof rows === 'number' ? limit : rows);
  const query = {
    ...root.query,
    filters: withoutConjuncts(filters, conjuncts({ ...root.query, filters: [] })),
    limit: echoed(root.query.limit),
    rowLimit: echoed(root.query.rowLimit),
  };
  result.setRootResultObject({ ...root, query });
}

/** True where the caller said how many rows he wants; then a full answer is what he asked for. */
export function limitsOf(query: Query | readonly Query[]): boolean {
  const queries = Array.isArray(query) ? query : [query];
  return queries.every((each: Query) => (each.limit ?? each.rowLimit ?? undefined) !== undefined);
}

/** The limit in the query that this answer belongs to; a comparison of ranges is one query with several answers. */
export function limitAsSaid(query: Query | readonly Query[], at: number): number | undefined {
  const queries: readonly Query[] = Array.isArray(query) ? query : [query as Query];
  const one = queries[at] ?? queries[0];
  return one?.limit ?? one?.rowLimit ?? undefined;
}

export const isOlder = (time: string | undefined, than: number): boolean =>
  time !== undefined && Date.parse(time) < than;
