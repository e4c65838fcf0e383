// A count over no rows is 0. Cube's planner sums the counts of a roll-up, and a sum over no rows is null.
import type { BaseQuery } from '@cubejs-backend/schema-compiler';

interface GroupedColumns {
  aggregateOnGroupedColumn(symbol: { readonly type: string }, sql: string, ...rest: unknown[]): string | undefined;
}

/** The dialect with counts that agree whether they come from a roll-up or from the rows. */
export function withCountOfNothing(dialect: typeof BaseQuery): typeof BaseQuery {
  const inherited = (dialect.prototype as unknown as GroupedColumns).aggregateOnGroupedColumn;
  class CountingQuery extends dialect {}
  const counting: GroupedColumns = {
    aggregateOnGroupedColumn(symbol, sql, ...rest) {
      const aggregate = inherited.call(this, symbol, sql, ...rest);
      return symbol.type === 'count' && aggregate ? `coalesce(${aggregate}, 0)` : aggregate;
    },
  };
  Object.assign(CountingQuery.prototype, counting);
  return CountingQuery;
}
