// In charge of EXPLAIN of a statement that reads views: what is asked of the semantic layer, the engine's SQL, and the roll-up that answers.
import type { ParamValue, PlannedStatement, ViewRead } from '../plan/contract.ts';
import type { Caller, StatementNeeds } from './statement.ts';

export type ExplainFormat = NonNullable<PlannedStatement['explain']>['format'];

/** SQL that gives the rows of an EXPLAIN from an array of texts, with the column that PostgreSQL's own has. */
export const explainTwin = (format: ExplainFormat, array: string): string =>
  `select plan${format === 'json' ? '::json' : ''} as "QUERY PLAN" from unnest(${array}) as explained(plan)`;

interface Explained {
  readonly view: string;
  readonly query: object;
  readonly rows: boolean;
  readonly asked: boolean;
  readonly sql: string;
  readonly rollup: string | undefined;
}

/** The texts of its rows: line by line, or all in one as JSON. */
export async function explainRows(
  needs: StatementNeeds,
  caller: Caller,
  reads: readonly ViewRead[],
  params: readonly ParamValue[],
  probed: readonly ParamValue[],
  format: ExplainFormat,
): Promise<string[]> {
  caller.check();
  const all: Explained[] = [];
  for (const read of reads) {
    const { query, ungrouped, empty } = read.query(params, probed);
    const { sql, rollup } = await needs.layer.explain(caller.access, query, { from: caller.from });
    all.push({ view: read.view, query, rows: ungrouped, asked: !empty, sql, rollup });
  }
  return format === 'json' ? [asJson(all)] : all.flatMap(asLines);
}

const asLines = ({ view, query, rows, asked, sql, rollup }: Explained): string[] => [
  `Semantic query on ${view}${rows ? ' (rows)' : ''}${asked ? '' : ' (not asked: no row is wanted)'}`,
  `  Query: ${JSON.stringify(query)}`,
  `  Pre-aggregation: ${rollup ?? 'none'}`,
  ...sql.split('\n').map((line, i) => (i === 0 ? `  SQL: ${line}` : `       ${line}`)),
];

/** In PostgreSQL's frame, so that tools which draw plans can read it. */
function asJson(all: readonly Explained[]): string {
  const plans = all.map(({ view, query, rows, asked, sql, rollup }) => ({
    'Node Type': 'Semantic query',
    'Relation Name': view,
    Rows: rows,
    Asked: asked,
    Query: query,
    'Pre-aggregation': rollup ?? null,
    SQL: sql,
  }));
  const [first] = plans;
  const plan = plans.length === 1 ? first : { 'Node Type': 'Result', Plans: plans };
  return JSON.stringify([{ Plan: plan }], null, 2);
}
