// What Cube hands back, as far as we look at it: wrapped rows (see sql-api/native), their frame, and where it all goes.
import type { Query } from '@tessera/security';
import { defaultRows } from './environment.ts';
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

/** The answer repeats the query as the caller wrote it: without what was added, and with the limit as documented. */
export function cleanEcho(
  result: WrappedResult,
  conjuncts: (query: EchoedQuery) => readonly Conjunct[],
  rowCap: number,
): void {
  const [root] = result.getRootResultObject();
  const { filters = [], limit, rowLimit } = root.query;
  const shown = rowCap === defaultRows ? defaultRows : undefined;
  const echoed = (rows: number | null | undefined) => (rows === rowCap + 1 ? shown : rows);
  const query = {
    ...root.query,
    filters: withoutConjuncts(filters, conjuncts({ ...root.query, filters: [] })),
    limit: echoed(limit),
    rowLimit: echoed(rowLimit),
  };
  result.setRootResultObject({ ...root, query });
}

/** True where the caller said how many rows he wants; then a full answer is what he asked for. */
export function limitsOf(query: Query | readonly Query[]): boolean {
  const queries = Array.isArray(query) ? query : [query];
  return queries.every((each: Query) => (each.limit ?? each.rowLimit ?? undefined) !== undefined);
}

export const isOlder = (time: string | undefined, than: number): boolean =>
  time !== undefined && Date.parse(time) < than;
