// Expressions as the planner needs them: columns already resolved to the view that they come from, through any number of sub-selects.
import type { FuncCall } from 'libpg-query';
import type { SemanticColumn, SemanticView } from '../contract.ts';
import type { Node, SelectStmt } from './ast.ts';
import type { Granularity } from './granularity.ts';

/** One place of the text where a view is read, and what is known of it while the statement is looked at. */
export interface Use {
  readonly view: SemanticView;
  /** Bytes that name the view in the text. */
  readonly start: number;
  readonly end: number;
  /** What stands before the rows that take its place, and after them. */
  readonly before: string;
  readonly after: string;
  /** The name under which the level that computes with it knows it. */
  alias: string;
  /** Sub-selects between the view and that level: their conditions count as the level's own. */
  readonly inner: InnerSelect[];
  /** The level is the other side of an outer join: its rows may be missing, and conditions must stay where they are. */
  nullable: boolean;
  readonly needs: Map<string, Need>;
  readonly measures: Set<string>;
  countsRows: boolean;
}

export interface InnerSelect {
  readonly select: SelectStmt;
  readonly where: Expr | undefined;
  /** It lists its columns, so that one more must be added to its list where rows are counted. */
  readonly lists: boolean;
}

/** What is asked of a dimension: the coarsest granularity that still gives all uses. */
export interface Need {
  granularity: Granularity;
}

export type Expr =
  | { readonly kind: 'column'; readonly use: Use; readonly column: SemanticColumn; readonly node: Node }
  | { readonly kind: 'row'; readonly use: Use; readonly node: Node }
  | { readonly kind: 'foreign'; readonly node: Node }
  | { readonly kind: 'literal'; readonly node: Node }
  | {
      readonly kind: 'call';
      readonly node: Node;
      readonly call: FuncCall;
      readonly name: string;
      readonly args: readonly Expr[];
      readonly rest: readonly Expr[];
      readonly filter: Expr | undefined;
      readonly aggregate: boolean;
    }
  | { readonly kind: 'cast'; readonly node: Node; readonly type: string; readonly args: readonly [Expr] }
  | {
      readonly kind: 'operator';
      readonly node: Node;
      readonly form: string;
      readonly operator: string;
      readonly args: readonly Expr[];
    }
  | {
      readonly kind: 'logic';
      readonly node: Node;
      readonly operator: 'AND' | 'OR' | 'NOT';
      readonly args: readonly Expr[];
    }
  | { readonly kind: 'test'; readonly node: Node; readonly test: string; readonly args: readonly [Expr] }
  | {
      readonly kind: 'case';
      readonly node: Node;
      readonly conditions: readonly Expr[];
      readonly results: readonly Expr[];
      readonly args: readonly Expr[];
    }
  /** A sub-select in an expression; `args` are what it takes from outside. */
  | { readonly kind: 'query'; readonly node: Node; readonly args: readonly Expr[] }
  | { readonly kind: 'other'; readonly node: Node; readonly args: readonly Expr[] };

export function kids(expr: Expr): readonly Expr[] {
  if (expr.kind === 'call')
    return expr.filter ? [...expr.args, ...expr.rest, expr.filter] : [...expr.args, ...expr.rest];
  return 'args' in expr ? expr.args : [];
}

export function some(expr: Expr, holds: (expr: Expr) => boolean): boolean {
  return holds(expr) || kids(expr).some((kid) => some(kid, holds));
}

/** Its value differs from call to call, so that it may be computed only where the text has it. */
const volatile = new Set([
  'random',
  'random_normal',
  'clock_timestamp',
  'timeofday',
  'gen_random_uuid',
  'nextval',
  'setseed',
  'uuidv4',
  'uuidv7',
]);
const returnsMany = new Set([
  'generate_series',
  'unnest',
  'regexp_matches',
  'regexp_split_to_table',
  'string_to_table',
  'generate_subscripts',
  'json_array_elements',
  'jsonb_array_elements',
]);

/** The same value for all rows: no column, sub-select, aggregate or chance in it. */
export function isConstant(expr: Expr): boolean {
  return !some(
    expr,
    (part) =>
      part.kind === 'column' ||
      part.kind === 'row' ||
      part.kind === 'foreign' ||
      part.kind === 'query' ||
      (part.kind === 'call' &&
        (part.aggregate || part.call.over !== undefined || volatile.has(part.name) || returnsMany.has(part.name))),
  );
}

export function givesManyRows(expr: Expr): boolean {
  return some(expr, (part) => part.kind === 'call' && returnsMany.has(part.name));
}

export function isWindow(expr: Expr): boolean {
  return some(expr, (part) => part.kind === 'call' && part.call.over !== undefined);
}

export function isMeasure(expr: Expr): expr is Extract<Expr, { kind: 'column' }> {
  return expr.kind === 'column' && expr.column.kind === 'measure';
}

export function isDimension(expr: Expr): expr is Extract<Expr, { kind: 'column' }> {
  return expr.kind === 'column' && expr.column.kind === 'dimension';
}

/** Aggregate functions of PostgreSQL and of the door; those that give the same when a row comes twice are marked. */
const aggregates: Readonly<Record<string, boolean>> = {
  measure: false,
  approx_distinct: true,
  count: false,
  sum: false,
  avg: false,
  min: true,
  max: true,
  bool_and: true,
  bool_or: true,
  every: true,
  any_value: true,
  bit_and: true,
  bit_or: true,
  array_agg: false,
  string_agg: false,
  json_agg: false,
  jsonb_agg: false,
  json_object_agg: false,
  jsonb_object_agg: false,
  stddev: false,
  stddev_pop: false,
  stddev_samp: false,
  variance: false,
  var_pop: false,
  var_samp: false,
  corr: false,
  covar_pop: false,
  covar_samp: false,
  regr_slope: false,
  regr_intercept: false,
  regr_r2: false,
  regr_count: false,
  regr_avgx: false,
  regr_avgy: false,
  mode: false,
  percentile_cont: false,
  percentile_disc: false,
};
export function isAggregateName(name: string): boolean {
  return Object.hasOwn(aggregates, name);
}

export function ignoresRepeats(call: Extract<Expr, { kind: 'call' }>): boolean {
  return call.call.agg_distinct === true || aggregates[call.name] === true;
}
