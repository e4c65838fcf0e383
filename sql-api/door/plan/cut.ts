// ORDER BY, LIMIT and HAVING of a level as parts of the question: only where the rows that are left out are those that PostgreSQL would leave out.
import type { SemanticColumn } from '../contract.ts';
import { as, constantText, type Node } from './ast.ts';
import type { Values } from './constant.ts';
import type { Decision } from './decide.ts';
import { type Expr, isMeasure, type Use } from './expression.ts';
import type { Level } from './level.ts';
import type { Observed } from './observe.ts';
import { keyOf } from './time-key.ts';

export interface Cut {
  /** Members by which the layer sorts, in order. */
  readonly order: readonly (readonly [string, 'asc' | 'desc'])[];
  /** Rows that are enough, or undefined where only all are. */
  readonly rows: (values: Values) => number | undefined;
  /** Whatever the data, nothing is shown. */
  readonly nothing: (values: Values) => boolean;
}

type Count = (values: Values) => number | undefined;

export function cutOf(
  level: Level,
  use: Use,
  decision: Decision,
  observed: Observed,
  residual: readonly Expr[],
  member: (name: string) => string,
): Cut {
  const limit = countOf(level.select.limitCount);
  const offset = level.select.limitOffset === undefined ? () => 0 : countOf(level.select.limitOffset);
  const nothing = (values: Values) => limit?.(values) === 0;
  const all: Cut = { order: [], rows: () => undefined, nothing };
  const possible =
    limit !== undefined &&
    offset !== undefined &&
    level.select.limitOption !== 'LIMIT_OPTION_WITH_TIES' &&
    level.relations === 1 &&
    decision.exact &&
    !(observed.aggregated && observed.needsRows) &&
    residual.length === 0 &&
    level.having === undefined &&
    !level.groupingSets &&
    !observed.windows &&
    !observed.manyRows &&
    level.others.length === 0 &&
    (level.select.distinctClause === undefined || isOneToOne(level));
  if (!possible) return all;
  const order: [string, 'asc' | 'desc'][] = [];
  for (const item of level.order) {
    const by = memberOf(item.expr, use, member);
    if (by === undefined) return all;
    const neverNull =
      by.column.kind === 'measure' && (by.column.aggregate === 'count' || by.column.aggregate === 'count_distinct');
    if (!item.nullsLast && !neverNull) return all;
    order.push([by.name, item.descending ? 'desc' : 'asc']);
  }
  const rows = (values: Values) => {
    const [most, before] = [limit(values), offset(values)];
    return most === undefined || before === undefined ? undefined : most + before;
  };
  return { order, rows, nothing };
}

/** Rows of SELECT DISTINCT are then the fetched rows. */
function isOneToOne(level: Level): boolean {
  return level.targets.every(({ expr }) => keyOf(expr)?.exact === true);
}

function memberOf(
  expr: Expr,
  use: Use,
  member: (name: string) => string,
): { readonly name: string; readonly column: SemanticColumn } | undefined {
  if (expr.kind === 'call' && expr.aggregate) {
    const [argument] = expr.args;
    if (expr.filter !== undefined || expr.args.length !== 1 || !argument || !isMeasure(argument)) return undefined;
    return { name: `${use.view.name}.${argument.column.name}`, column: argument.column };
  }
  const key = keyOf(expr);
  const plain = key?.column === expr || (key?.isTime === true && key.exact);
  const sameGrain = key !== undefined && use.needs.get(key.column.column.name)?.granularity === key.granularity;
  if (key === undefined || !plain || !sameGrain) return undefined;
  return { name: member(key.column.column.name), column: key.column.column };
}

/** A whole number, written or bound. */
function countOf(node: Node | undefined): Count | undefined {
  if (node === undefined) return undefined;
  const text = constantText(node);
  const read = (value: string | null | undefined) => (value && /^\d{1,9}$/.test(value) ? Number(value) : undefined);
  if (typeof text === 'string') return () => read(text);
  const cast = as(node, 'TypeCast');
  const param = as(cast?.arg ?? node, 'ParamRef')?.number;
  return param === undefined ? undefined : ({ params }) => read(params[param - 1]);
}
