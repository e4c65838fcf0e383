// Conditions of SQL as filters of a Cube query: only where both mean the same for every row, NULL included.
import type { SemanticColumn } from '../contract.ts';
import { constantText } from './ast.ts';
import { caseless } from './caseless.ts';
import { chooseValues } from './choose.ts';
import { type Constant, constantFor, type Probes } from './constant.ts';
import type { Expr, Use } from './expression.ts';
import {
  type Built,
  type Column,
  equals,
  type Filter,
  guarded,
  isOf,
  join,
  leaf,
  maxParts,
  maxText,
  maxValues,
  memberOf,
  notSet,
  type Operator,
  set,
} from './filter-parts.ts';
import { floor, next } from './granularity.ts';
import { inArray } from './in-array.ts';
import { keyOf } from './time-key.ts';

/** The filter of one condition on dimensions of `use`, or undefined where PostgreSQL must compute it. */
export function filterOf(expr: Expr, use: Use, probes: Probes, negated = false): Filter | undefined {
  return exactOf(expr, use, probes, negated) ?? chooseValues(expr, use, probes, negated);
}

function exactOf(expr: Expr, use: Use, probes: Probes, negated: boolean): Filter | undefined {
  if (expr.kind === 'logic') return logic(expr, use, probes, negated);
  if (expr.kind === 'test') return test(expr, use, negated);
  if (expr.kind === 'operator') return operator(expr, use, probes, negated);
  if (expr.kind === 'call') return caseless(expr, use, negated);
  if (isOf(expr, use) && expr.column.type === 'bool') return equals(expr, ['true'], negated);
  return undefined;
}

function logic(expr: Extract<Expr, { kind: 'logic' }>, use: Use, probes: Probes, negated: boolean): Filter | undefined {
  if (expr.operator === 'NOT') return filterOf(expr.args[0]!, use, probes, !negated);
  const parts = expr.args.map((arg) => filterOf(arg, use, probes, negated));
  if (parts.some((part) => part === undefined) || parts.length > maxParts) return undefined;
  const all = (expr.operator === 'AND') !== negated;
  return (values) =>
    join(
      all,
      (parts as Filter[]).map((part) => part(values)),
    );
}

function test(expr: Extract<Expr, { kind: 'test' }>, use: Use, negated: boolean): Filter | undefined {
  const [column] = expr.args;
  if (!isOf(column, use)) return undefined;
  const member = memberOf(column);
  if (expr.test === 'IS_NULL' || expr.test === 'IS_NOT_NULL') {
    const filter = (expr.test === 'IS_NULL') !== negated ? notSet(member) : set(member);
    return () => filter;
  }
  if (column.column.type !== 'bool') return undefined;
  const [, not, word] = /^IS_(NOT_)?(TRUE|FALSE)$/.exec(expr.test) ?? [];
  if (word === undefined) return undefined;
  const value = leaf(member, 'equals', [word.toLowerCase()]);
  if ((not !== undefined) === negated) return () => value;
  return () => ({ or: [leaf(member, 'equals', [word === 'TRUE' ? 'false' : 'true']), notSet(member)] });
}

const mirrored: Readonly<Record<string, string>> = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const opposite: Readonly<Record<string, string>> = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' };

function operator(
  expr: Extract<Expr, { kind: 'operator' }>,
  use: Use,
  probes: Probes,
  negated: boolean,
): Filter | undefined {
  const [first, ...rest] = expr.args;
  if (expr.form === 'AEXPR_OP' && rest.length === 1 && first && rest[0]) {
    const sign = expr.operator === '!=' ? '<>' : expr.operator;
    const effective = negated ? opposite[sign] : sign;
    if (effective === undefined || mirrored[effective] === undefined) return undefined;
    return (
      compare(first, effective, rest[0], use, probes) ??
      compare(rest[0], mirrored[effective]!, first, use, probes) ??
      caseless(expr, use, negated)
    );
  }
  if (expr.form === 'AEXPR_IN' && first) return isIn(first, rest, use, probes, (expr.operator === '<>') !== negated);
  if (expr.form === 'AEXPR_OP_ANY' || expr.form === 'AEXPR_OP_ALL') {
    const listed = (expr.form === 'AEXPR_OP_ANY') === (expr.operator === '=');
    if (!listed || !['=', '<>', '!='].includes(expr.operator) || !first || !rest[0]) return undefined;
    const outside = (expr.operator !== '=') !== negated;
    const written = elementsOf(rest[0]);
    return written ? isIn(first, written, use, probes, outside) : inArray(first, rest[0], use, probes, outside);
  }
  if ((expr.form === 'AEXPR_DISTINCT' || expr.form === 'AEXPR_NOT_DISTINCT') && first && rest[0]) {
    const apart = (expr.form === 'AEXPR_DISTINCT') !== negated;
    return distinct(first, rest[0], use, probes, apart) ?? distinct(rest[0], first, use, probes, apart);
  }
  if ((expr.form === 'AEXPR_BETWEEN' || expr.form === 'AEXPR_NOT_BETWEEN') && first && rest[0] && rest[1]) {
    const outside = (expr.form === 'AEXPR_NOT_BETWEEN') !== negated;
    const low = compare(first, outside ? '<' : '>=', rest[0], use, probes);
    const high = compare(first, outside ? '>' : '<=', rest[1], use, probes);
    return low && high && ((values) => join(!outside, [low(values), high(values)]));
  }
  if (expr.form === 'AEXPR_ILIKE' && first && rest[0]) return caseless(expr, use, negated);
  if (expr.form === 'AEXPR_LIKE' && first && rest[0])
    return like(first, rest[0], use, (expr.operator === '!~~') !== negated) ?? caseless(expr, use, negated);
  return undefined;
}

/** ARRAY['x', $1]; undefined where an element may be an array itself. */
function elementsOf(array: Expr): readonly Expr[] | undefined {
  if (array.kind !== 'other' || !('A_ArrayExpr' in array.node)) return undefined;
  const isPlain = (item: Expr) => item.kind === 'literal' || (item.kind === 'cast' && item.type !== '');
  return array.args.length > 0 && array.args.every(isPlain) ? array.args : undefined;
}

/** IS [NOT] DISTINCT FROM: NULL is a value like any other. */
function distinct(column: Expr, value: Expr, use: Use, probes: Probes, apart: boolean): Filter | undefined {
  if (!isOf(column, use)) return undefined;
  const constant = constantFor(value, column.column, probes);
  const [same, other] = ['=', '<>'].map((sign) => compare(column, sign, value, use, probes));
  if (!constant || !same || !other) return undefined;
  const member = memberOf(column);
  return (values) => {
    if (constant(values) === null) return apart ? set(member) : notSet(member);
    return apart ? join(false, [other(values), notSet(member)]) : same(values);
  };
}

function isIn(column: Expr, list: readonly Expr[], use: Use, probes: Probes, negated: boolean): Filter | undefined {
  if (!isOf(column, use) || list.length > maxValues || column.column.type === 'float8') {
    if (list.length > maxParts) return undefined;
    const parts = list.map((item) => compare(column, negated ? '<>' : '=', item, use, probes));
    if (parts.some((part) => part === undefined)) return undefined;
    return (values) =>
      join(
        negated,
        (parts as Filter[]).map((part) => part(values)),
      );
  }
  if (column.column.type === 'timestamp' || column.column.type === 'date') {
    const parts = list.map((item) => compare(column, negated ? '<>' : '=', item, use, probes));
    if (parts.length > maxParts || parts.some((part) => part === undefined)) return undefined;
    return (values) =>
      join(
        negated,
        (parts as Filter[]).map((part) => part(values)),
      );
  }
  if (list.some(isTooLong)) return undefined;
  const constants = list.map((item) => constantFor(item, column.column, probes));
  if (constants.some((constant) => constant === undefined)) return undefined;
  return (values) => {
    const texts = (constants as Constant[]).map((constant) => constant(values));
    const known = texts.filter((text) => text !== null);
    // x NOT IN (…, NULL) is never true.
    if (negated && known.length < texts.length) return false;
    if (known.length === 0) return negated;
    return equals(column, known, negated)(values);
  };
}

/** A question takes no text of this length: PostgreSQL compares with it. */
function isTooLong(expr: Expr): boolean {
  const inner = expr.kind === 'cast' ? expr.args[0] : expr;
  return (constantText(inner.node) ?? '').length > maxText;
}

const numeric: Readonly<Record<string, Operator>> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };
const temporal: Readonly<Record<string, Operator>> = {
  '<': 'beforeDate',
  '<=': 'beforeOrOnDate',
  '>': 'afterDate',
  '>=': 'afterOrOnDate',
};

function compare(left: Expr, sign: string, right: Expr, use: Use, probes: Probes): Filter | undefined {
  const key = keyOf(left);
  if (key === undefined || !isOf(key.column, use)) return undefined;
  const column = key.column;
  if (key.isTime) return compareTime(left, sign, right, use, probes);
  if (key.field === 'year' && key.exact) return compareYear(column, sign, right, probes);
  if (left !== column || isTooLong(right)) return undefined;
  const constant = constantFor(right, column.column, probes);
  if (constant === undefined) return undefined;
  const { type } = column.column;
  if (sign === '=' || sign === '<>') return guarded(constant, (text) => equals(column, [text], sign === '<>'));
  if (type !== 'int8' && type !== 'float8') return undefined;
  return guarded(constant, (text) => () => leaf(memberOf(column), numeric[sign]!, [text]));
}

const iso = (at: number) => new Date(at).toISOString().slice(0, -1);

/** A time, cut or not: every comparison is one with the ends of the periods. */
function compareTime(left: Expr, sign: string, right: Expr, use: Use, probes: Probes): Filter | undefined {
  const key = keyOf(left);
  if (key === undefined || !isOf(key.column, use) || !key.exact) return undefined;
  const column: SemanticColumn = key.column.column;
  // PostgreSQL reads a literal that is compared with a date as a date, and drops its clock.
  if (isDate(left) && right.kind === 'literal' && /[ T]\d/.test(constantText(right.node) ?? '')) return undefined;
  const constant = constantFor(right, column, probes, 'timestamp');
  if (constant === undefined) return undefined;
  const member = memberOf(key.column);
  const cut = left === key.column ? 'raw' : key.granularity;
  const bound = (operator: string, at: number) => leaf(member, temporal[operator]!, [iso(at)]);
  return guarded(constant, (text) => () => {
    const at = Date.parse(`${text}Z`);
    const start = floor(at, cut);
    const onEdge = start === at;
    const end = next(start, cut);
    if (cut === 'raw') {
      if (sign === '=') return { and: [bound('>=', at), bound('<=', at)] };
      return sign === '<>' ? { or: [bound('<', at), bound('>', at)] } : bound(sign, at);
    }
    const table: Readonly<Record<string, () => Built>> = {
      '=': () => (onEdge ? { and: [bound('>=', start), bound('<', end)] } : false),
      '<>': () => (onEdge ? { or: [bound('<', start), bound('>=', end)] } : set(member)),
      '<': () => bound('<', onEdge ? start : end),
      '<=': () => bound('<', end),
      '>': () => bound('>=', end),
      '>=': () => bound('>=', onEdge ? start : end),
    };
    return table[sign]!();
  });
}

function isDate(expr: Expr): boolean {
  if (expr.kind === 'column') return expr.column.type === 'date';
  return (expr.kind === 'cast' && expr.type === 'date') || (expr.kind === 'call' && expr.name === 'date');
}

/** EXTRACT(YEAR FROM d) = 2026 */
function compareYear(column: Column, sign: string, right: Expr, probes: Probes): Filter | undefined {
  const constant = constantFor(right, column.column, probes, 'int8');
  const member = memberOf(column);
  if (constant === undefined) return undefined;
  return guarded(constant, (text) => () => {
    const year = Number(text);
    if (!Number.isInteger(year) || year < 1000 || year > 9998) return refuseYear(sign, year, member);
    const [start, end] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)].map(iso);
    const table: Readonly<Record<string, Built>> = {
      '=': { and: [leaf(member, 'afterOrOnDate', [start!]), leaf(member, 'beforeDate', [end!])] },
      '<>': { or: [leaf(member, 'beforeDate', [start!]), leaf(member, 'afterOrOnDate', [end!])] },
      '<': leaf(member, 'beforeDate', [start!]),
      '<=': leaf(member, 'beforeDate', [end!]),
      '>': leaf(member, 'afterOrOnDate', [end!]),
      '>=': leaf(member, 'afterOrOnDate', [start!]),
    };
    return table[sign]!;
  });
}

/** No time of ours lies there: the comparison is the same for every row that has one. */
function refuseYear(sign: string, year: number, member: string): Built {
  const holds = sign === '<>' || (sign.startsWith('<') && year > 9998) || (sign.startsWith('>') && year < 1000);
  return holds && (Number.isInteger(year) || sign === '<>') ? set(member) : yearBetween(sign, year, member);
}
function yearBetween(sign: string, year: number, member: string): Built {
  if (Number.isInteger(year) || year < 1000 || year > 9998 || sign === '=') return false;
  // 2025.5: everything of 2025 lies before it, everything of 2026 behind it.
  const edge = iso(Date.UTC(Math.ceil(year), 0, 1));
  return leaf(member, sign.startsWith('<') ? 'beforeDate' : 'afterOrOnDate', [edge]);
}

/** LIKE minds case and Cube's operators do not: only a pattern without wildcards, or nothing but one, is the same. */
function like(column: Expr, pattern: Expr, use: Use, negated: boolean): Filter | undefined {
  const text = constantText(pattern.node);
  if (!isOf(column, use) || column.column.type !== 'text' || typeof text !== 'string') return undefined;
  if (/^%+$/.test(text)) return () => (negated ? false : set(memberOf(column)));
  return /[%_\\]/.test(text) || text.length > maxText ? undefined : equals(column, [text], negated);
}
