// From Cube's compiled query to the statement that the engine can run by itself: the names of its roll-ups put in. Cube's own queue and cache hold whole answers; a large one passes them by.
import { isContinueWait } from './cube-fault.ts';

export interface RowsPlan {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** Member of each column of the statement, by the column's name. */
  readonly members: Readonly<Record<string, string>>;
}

/** What Cube's compiler makes of a query, as far as we look at it. */
export interface BuiltSql {
  readonly sql: readonly [text: string, values: readonly unknown[]];
  readonly aliasNameToMember: Readonly<Record<string, string>>;
}
type RollupTable = readonly [name: string, made: { readonly targetTableName: string }];
interface Orchestrator {
  getPreAggregations(): {
    loadAllPreAggregationsIfNeeded(query: object): Promise<{
      readonly preAggregationsTablesToTempTables: readonly RollupTable[];
      readonly values?: readonly unknown[] | null;
    }>;
  };
}

const maxRounds = 500;

/** Waits for roll-ups that are being built; those of the served release are there already. */
export async function rowsPlan(orchestrator: object, built: BuiltSql, context: { readonly requestId: string }) {
  const [text, values] = built.sql;
  const query = { ...built, query: text, values, requestId: context.requestId, context, persistent: true };
  for (let round = 0; ; round += 1) {
    try {
      const rollups = (orchestrator as Orchestrator).getPreAggregations();
      const loaded = await rollups.loadAllPreAggregationsIfNeeded(query);
      return {
        sql: withTables(text, loaded.preAggregationsTablesToTempTables),
        values: loaded.values ?? values,
        members: built.aliasNameToMember,
      };
    } catch (error) {
      if (!isWait(error) || round >= maxRounds) throw error;
    }
  }
}

const isWait = (error: unknown): boolean =>
  isContinueWait(error) || (error instanceof Error && error.message === 'Continue wait');

/** In one pass, longest names first: one name may begin with another. */
function withTables(sql: string, tables: readonly RollupTable[]): string {
  if (tables.length === 0) return sql;
  const made = new Map(tables.map(([name, { targetTableName }]) => [name, targetTableName]));
  const names = [...made.keys()].sort((a, b) => b.length - a.length);
  const any = new RegExp(names.map((name) => name.replace(/[^\w]/g, '\\$&')).join('|'), 'g');
  return sql.replace(any, (name) => made.get(name) ?? name);
}
