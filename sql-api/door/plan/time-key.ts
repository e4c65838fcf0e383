// What an expression says of one dimension: from which granularity of it the expression can be computed, and whether it tells all values apart.
import { constantText } from './ast.ts';
import { type Expr, isDimension } from './expression.ts';
import { format, type Granularity, meet, part, refines, unit } from './granularity.ts';

export interface Key {
  readonly column: Extract<Expr, { kind: 'column' }>;
  /** The expression can be computed from the dimension cut to this. */
  readonly granularity: Granularity;
  /** Different values of the dimension, cut so, give different values of the expression. */
  readonly exact: boolean;
  /** The value is the cut time itself, so that functions of it can be looked through. */
  readonly isTime: boolean;
  /** EXTRACT: the field, which together with others may tell apart what none does alone. */
  readonly field?: string | undefined;
}

/** Undefined where the expression is not of one dimension alone, or not of a known form: its columns then count as themselves. */
export function keyOf(expr: Expr): Key | undefined {
  if (isDimension(expr)) {
    const isTime = expr.column.type === 'timestamp' || expr.column.type === 'date';
    const granularity = isTime && (expr.column.wholeDays || expr.column.type === 'date') ? 'day' : 'raw';
    return { column: expr, granularity, exact: true, isTime };
  }
  if (expr.kind === 'cast') return castKey(expr);
  if (expr.kind !== 'call' || expr.aggregate || expr.call.over !== undefined) return undefined;
  const handler = Object.hasOwn(calls, expr.name) ? calls[expr.name] : undefined;
  return handler?.(expr.args);
}

const texts = new Set(['text', 'varchar']);
const times = new Set(['timestamp', 'date']);

function castKey(expr: Extract<Expr, { kind: 'cast' }>): Key | undefined {
  const inner = keyOf(expr.args[0]);
  if (inner === undefined) return undefined;
  // A session may ask for fewer digits of fractions (extra_float_digits).
  if (texts.has(expr.type))
    return { ...inner, exact: inner.exact && inner.column.column.type !== 'float8', isTime: false, field: undefined };
  if (!times.has(expr.type) || !inner.isTime) return undefined;
  return expr.type === 'date' ? cut(inner, 'day') : inner;
}

/** A time cut once more. */
function cut(inner: Key, to: Granularity): Key | undefined {
  if (!inner.isTime) return undefined;
  if (refines(inner.granularity, to)) return { ...inner, granularity: to };
  // Already coarser: nothing changes.
  if (refines(to, inner.granularity)) return inner;
  // A month of a week is neither of them, and what is made of it cannot be made of a year.
  return { ...inner, exact: false, isTime: false };
}

function timeOf(expr: Expr | undefined): Key | undefined {
  const key = expr === undefined ? undefined : keyOf(expr);
  return key?.isTime ? key : undefined;
}

function extract(args: readonly Expr[]): Key | undefined {
  const [word, time] = [args[0] && constantText(args[0].node), timeOf(args[1])];
  const known = typeof word === 'string' ? part(word) : undefined;
  if (known === undefined || time === undefined) return undefined;
  const granularity = refines(time.granularity, known.granularity) ? known.granularity : time.granularity;
  const exact = known.name === 'year' && time.exact && refines(granularity, 'year') && granularity === 'year';
  // Of a time that is cut more coarsely, it is the field of the period's first moment.
  const field = time.exact && granularity === known.granularity ? known.name : undefined;
  return { column: time.column, granularity, exact, isTime: false, field };
}

const calls: Readonly<Record<string, (args: readonly Expr[]) => Key | undefined>> = {
  date_trunc: (args) => {
    const [word, time] = [args[0] && constantText(args[0].node), timeOf(args[1])];
    const to = typeof word === 'string' ? unit(word) : undefined;
    return args.length !== 2 || to === undefined || time === undefined ? undefined : cut(time, to);
  },
  date: (args) => {
    const time = args.length === 1 ? timeOf(args[0]) : undefined;
    return time && cut(time, 'day');
  },
  extract,
  date_part: extract,
  to_char: (args) => {
    const [time, pattern] = [timeOf(args[0]), args[1] && constantText(args[1].node)];
    const to = typeof pattern === 'string' ? format(pattern) : undefined;
    if (time === undefined || to === undefined) return undefined;
    const granularity = refines(time.granularity, to) ? to : meet(time.granularity, to);
    return { column: time.column, granularity, exact: time.exact && granularity === to, isTime: false };
  },
};
