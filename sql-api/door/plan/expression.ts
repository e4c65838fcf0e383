// Expressions as the planner needs them: columns already resolved to the view that they come from, through any number of sub-selects.
import type { FuncCall } from 'libpg-query';
import type { SemanticColumn, SemanticView } from '../contract.ts';
import { aggregateFunctions } from '../guard/allowed-functions.ts';
import { lastName, type Node, type SelectStmt } from './ast.ts';
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
  /** Of no view. `outer`: of a level above, as far as is known. */
  | { readonly kind: 'foreign'; readonly node: Node; readonly outer: boolean }
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
  return isOfColumns(expr) && !some(expr, (part) => part.kind === 'column');
}

/** The same value for the same values of its columns: no sub-select, aggregate or chance in it. */
export function isOfColumns(expr: Expr): boolean {
  return !some(
    expr,
    (part) =>
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

/** Aggregates that give the same when a row comes twice. All others need every row as often as it is there. */
const indifferent = new Set([
  'approx_distinct',
  'min',
  'max',
  'bool_and',
  'bool_or',
  'every',
  'any_value',
  'bit_and',
  'bit_or',
]);

/** Without OVER: what the guard knows as an aggregate, and what only aggregates can be written like. */
export function isAggregateCall(call: FuncCall): boolean {
  if (call.over !== undefined) return false;
  const flagged = call.agg_within_group === true || call.agg_star === true || call.agg_distinct === true;
  const clauses = call.agg_filter !== undefined || (call.agg_order ?? []).length > 0;
  return flagged || clauses || aggregateFunctions.has(lastName(call.funcname));
}

export function ignoresRepeats({ call, name }: Extract<Expr, { kind: 'call' }>): boolean {
  return call.agg_within_group !== true && (call.agg_distinct === true || indifferent.has(name));
}
