// ORDER BY, LIMIT and HAVING of a level as parts of the question: only where the rows that are left out are those that PostgreSQL would leave out.
import type { SemanticColumn } from '../contract.ts';
import { as, constantText, type Node } from './ast.ts';
import type { Values } from './constant.ts';
import type { Decision } from './decide.ts';
import { type Expr, isMeasure, some, type Use } from './expression.ts';
import { undeterminedBy } from './grain.ts';
import { expressionsOf, type Level } from './level.ts';
import type { Observed } from './observe.ts';
import { keyOf } from './time-key.ts';

export interface Cut {
  /** Members by which the layer sorts, in order. */
  readonly order: readonly (readonly [string, 'asc' | 'desc'])[];
  /** Rows that are enough, or undefined where only all are. */
  readonly rows: (values: Values) => number | undefined;
  /** Whatever the data, nothing is shown. */
  readonly nothing: (values: Values) => boolean;
  /** Rows that the client wants of the result, where the level may be computed part by part; undefined where it may not. */
  readonly parts: ((values: Values) => { readonly wanted: number | undefined } | undefined) | undefined;
  /** The order in which parts must come. */
  readonly partsOrder: readonly (readonly [string, 'asc' | 'desc'])[];
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
  const ordered = orderOf(level, use, member);
  const parts = ordered && isRowByRow(level, use, decision, observed) ? partsOf(level, limit) : undefined;
  const inParts = { parts, partsOrder: ordered ?? [] };
  const all: Cut = { order: [], rows: () => undefined, nothing, ...inParts };
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
    (level.select.distinctClause === undefined || isOneToOne(level, use, decision));
  if (!possible || ordered === undefined) return all;
  const rows = (values: Values) => {
    const [most, before] = [limit(values), offset(values)];
    return most === undefined || before === undefined ? undefined : most + before;
  };
  return { order: ordered, rows, nothing, ...inParts };
}

/** The level's order in the layer's words; undefined where the layer would sort otherwise. */
function orderOf(
  level: Level,
  use: Use,
  member: (name: string) => string,
): readonly (readonly [string, 'asc' | 'desc'])[] | undefined {
  const order: [string, 'asc' | 'desc'][] = [];
  for (const item of level.order) {
    const by = item.by && memberOf(item.by, use, member);
    if (by === undefined) return undefined;
    const neverNull =
      by.column.kind === 'measure' && (by.column.aggregate === 'count' || by.column.aggregate === 'count_distinct');
    if (!item.nullsLast && !neverNull) return undefined;
    order.push([by.name, item.descending ? 'desc' : 'asc']);
  }
  return order;
}

/** Each fetched row gives its own rows of the result, whatever other rows there are. */
function isRowByRow(level: Level, use: Use, decision: Decision, observed: Observed): boolean {
  const hasQuery = (expr: Expr) => some(expr, (part) => part.kind === 'query');
  return (
    level.top &&
    level.relations === 1 &&
    level.select.withClause === undefined &&
    level.select.intoClause === undefined &&
    level.select.limitOffset === undefined &&
    level.select.limitOption !== 'LIMIT_OPTION_WITH_TIES' &&
    decision.exact &&
    !(observed.aggregated && observed.needsRows) &&
    !level.groupingSets &&
    !observed.windows &&
    level.others.length === 0 &&
    // Without a dimension there is one row, also where nothing is fetched.
    (!observed.aggregated || level.groupBy.length > 0) &&
    (level.select.distinctClause === undefined || isOneToOne(level, use, decision)) &&
    !expressionsOf(level).some(hasQuery)
  );
}

function partsOf(level: Level, limit: Count | undefined): NonNullable<Cut['parts']> | undefined {
  if (level.select.limitCount === undefined) return () => ({ wanted: undefined });
  if (limit === undefined) return undefined;
  return (values) => {
    const wanted = limit(values);
    return wanted === undefined ? undefined : { wanted };
  };
}

/** Two fetched rows never show the same: rows of SELECT DISTINCT are then the fetched rows. */
function isOneToOne(level: Level, use: Use, decision: Decision): boolean {
  const shown = level.targets.map(({ expr }) => expr);
  return decision.mode === 'grouped' && undeterminedBy(level, use, shown).length === 0;
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
