// What a level asks of each view: dimensions with the granularity that suffices, measures, and how its aggregates treat rows that come twice.
import { Fault } from '@tessera/base';
import { constantText, isStarred } from './ast.ts';
import { type Expr, givesManyRows, ignoresRepeats, isMeasure, isWindow, kids, some, type Use } from './expression.ts';
import { type Granularity, meet } from './granularity.ts';
import { type Level, notExact, type Work } from './level.ts';
import { meansMeasure } from './measure-call.ts';
import { keyOf } from './time-key.ts';

type Call = Extract<Expr, { kind: 'call' }>;
type Column = Extract<Expr, { kind: 'column' }>;
export interface MeasureCall {
  readonly call: Call;
  readonly column: Column;
}
export interface Observed {
  readonly aggregated: boolean;
  readonly measureCalls: readonly MeasureCall[];
  /** COUNT(*) and COUNT(1). */
  readonly rowCounts: readonly Call[];
  /** sum(case when … then m end): exact over parts of rows that agree in the conditions. */
  readonly linear: readonly { readonly column: Column; readonly call: Call }[];
  /** An aggregate needs every row as often as it is there. */
  readonly needsRows: Call | undefined;
  /** Measures outside aggregates: one value for each row. */
  readonly bare: readonly Column[];
  /** Views all of whose columns are asked for by a star or as a whole row. */
  readonly stars: ReadonlySet<Use>;
  readonly windows: boolean;
  readonly manyRows: boolean;
}

export function need(use: Use, name: string, granularity: Granularity): void {
  const known = use.needs.get(name);
  if (known) known.granularity = meet(known.granularity, granularity);
  else use.needs.set(name, { granularity });
}

/** Position of an expression in the text, as far as it has one. */
export function placeOf(expr: Expr): number | undefined {
  const body = Object.values(expr.node)[0] as { location?: number } | undefined;
  return (
    body?.location ??
    kids(expr)
      .map(placeOf)
      .find((place) => place !== undefined)
  );
}

function isAggregated(level: Level): boolean {
  if (level.groupBy.length > 0 || level.having !== undefined) return true;
  const shown = [...level.targets.map((target) => target.expr), ...level.order.map((item) => item.expr)];
  return shown.some((expr) => some(expr, (part) => part.kind === 'call' && part.aggregate));
}

/** @param residual Conditions that stay with PostgreSQL. */
export function observe(work: Work, level: Level, residual: readonly Expr[]): Observed {
  const own = new Set(level.uses);
  const measureCalls: MeasureCall[] = [];
  const rowCounts: Call[] = [];
  const linear: { column: Column; call: Call }[] = [];
  const bare: Column[] = [];
  const stars = new Set<Use>();
  const seen = new Set<Expr>();
  let needsRows: Call | undefined;
  const aggregated = isAggregated(level);

  const masked = (column: Column, allowed: boolean) => {
    if (column.column.masked && !allowed)
      throw new Fault('SQL_MASKED', { column: column.column.name, position: work.parsed.place(placeOf(column)) });
  };
  const column = (expr: Column, tokenAllowed: boolean) => {
    masked(expr, tokenAllowed);
    if (expr.column.kind === 'segment')
      throw notExact(
        work,
        `Segment ${expr.column.name}`,
        'a segment chooses rows and has no value of its own',
        `Use it alone in WHERE: WHERE ${expr.column.name}.`,
        placeOf(expr),
      );
    if (expr.column.kind === 'measure') bare.push(expr);
    else need(expr.use, expr.column.name, keyOf(expr)?.granularity ?? 'raw');
  };
  const look = (expr: Expr, tokenAllowed: boolean): void => {
    if (expr.kind === 'column') {
      if (own.has(expr.use)) column(expr, tokenAllowed);
      return;
    }
    if (expr.kind === 'row') {
      if (own.has(expr.use)) stars.add(expr.use);
      return;
    }
    const key = keyOf(expr);
    if (key && own.has(key.column.use)) {
      masked(key.column, false);
      need(key.column.use, key.column.column.name, key.granularity);
      return;
    }
    if (expr.kind === 'call' && expr.aggregate) {
      if (!seen.has(expr)) aggregate(expr);
      seen.add(expr);
      return;
    }
    const star = expr.kind === 'other' && (isStarred(expr.node) || expr.args.some((arg) => arg.kind === 'row'));
    for (const kid of kids(expr)) look(kid, star && tokenAllowed);
  };
  const aggregate = (call: Call) => {
    for (const part of [...call.rest, ...(call.filter ? [call.filter] : [])]) look(part, false);
    const [argument] = call.args;
    const counts = call.name === 'count' && !call.call.agg_distinct;
    if (counts && (call.call.agg_star || (argument && isPlainValue(argument)))) {
      rowCounts.push(call);
      return;
    }
    if (argument && call.args.length === 1 && isMeasure(argument) && own.has(argument.use)) {
      measureCall(call, argument);
      return;
    }
    if (call.name === 'measure')
      throw notExact(
        work,
        'MEASURE()',
        'it takes the name of a measure and nothing else',
        'Write MEASURE(name) and compute with its result.',
        call.call.location,
      );
    const measures = call.args.flatMap(measuresIn).filter((one) => own.has(one.use));
    if (measures.length === 0) {
      // Without a column nothing that is fetched says whether there are rows at all.
      const reads = some(call, (part) => (part.kind === 'column' || part.kind === 'row') && own.has(part.use));
      if (!reads || !ignoresRepeats(call)) needsRows ??= call;
      for (const arg of call.args) look(arg, false);
      return;
    }
    const [only] = measures;
    if (
      only &&
      measures.length === 1 &&
      call.name === 'sum' &&
      !call.call.agg_distinct &&
      argument &&
      isLinear(argument)
    ) {
      linear.push({ column: only, call });
      for (const arg of call.args) lookAround(arg, only);
      return;
    }
    needsRows ??= call;
    for (const arg of call.args) look(arg, false);
  };
  /** The conditions of a linear expression, without its measure. */
  const lookAround = (expr: Expr, measure: Column): void => {
    if (expr === measure) return;
    if (some(expr, (part) => part === measure)) for (const kid of kids(expr)) lookAround(kid, measure);
    else look(expr, false);
  };
  const measureCall = (call: Call, argument: Column) => {
    const distinct = call.call.agg_distinct === true;
    if (!meansMeasure(call.name, distinct, argument.column))
      throw notExact(
        work,
        `${call.name}(${argument.column.name})`,
        `the measure is computed as ${argument.column.aggregate ?? 'its own formula'}`,
        `Write MEASURE(${argument.column.name}).`,
        call.call.location,
      );
    measureCalls.push({ call, column: argument });
  };

  for (const target of level.targets) look(target.expr, true);
  for (const expr of level.groupBy) look(expr, true);
  const rest = [
    ...residual,
    ...(level.having ? [level.having] : []),
    ...level.order.map((item) => item.expr),
    ...level.others,
    ...level.joinedBy,
  ];
  for (const expr of rest) look(expr, false);
  const shown = level.targets.map((target) => target.expr);
  return {
    aggregated,
    measureCalls,
    rowCounts,
    linear,
    needsRows,
    bare,
    stars,
    windows: [...shown, ...level.order.map((item) => item.expr)].some(isWindow),
    manyRows: shown.some(givesManyRows),
  };
}

/** Written in the text, and not NULL: COUNT(1). */
function isPlainValue(expr: Expr): boolean {
  if (expr.kind === 'cast') return isPlainValue(expr.args[0]);
  return expr.kind === 'literal' && typeof constantText(expr.node) === 'string';
}

function measuresIn(expr: Expr): Column[] {
  if (isMeasure(expr)) return [expr];
  return kids(expr).flatMap(measuresIn);
}

/** CASE whose conditions know no measure and whose results are the measure, NULL or 0. */
function isLinear(expr: Expr): boolean {
  if (isMeasure(expr)) return true;
  if (expr.kind === 'literal') return [null, '0'].includes(constantText(expr.node) ?? null);
  return (
    expr.kind === 'case' && expr.conditions.every((one) => measuresIn(one).length === 0) && expr.results.every(isLinear)
  );
}
