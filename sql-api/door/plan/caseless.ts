// Searches in a text that mind no case, however a tool writes them, as the semantic layer's own: one stretch of plain ASCII, which the engine folds as PostgreSQL does.
import { constantText } from './ast.ts';
import type { Expr, Use } from './expression.ts';
import { type Column, type Filter, isOf, leaf, maxText, memberOf, type Operator, set } from './filter-parts.ts';

type Place = 'contains' | 'startsWith' | 'endsWith';
interface Search {
  readonly text: Expr;
  /** Undefined: the text is folded by lower() or upper(). */
  readonly folds: boolean;
  readonly place: Place;
  readonly body: string;
  readonly not: boolean;
}

/** Undefined where case matters, or where it is no such search. */
export function caseless(expr: Expr, use: Use, negated: boolean): Filter | undefined {
  const search = searchOf(expr);
  if (search === undefined) return undefined;
  const { body, place } = search;
  const column = columnOf(search.text, body, search.folds, use);
  // A wildcard or a backslash in it might be read as one by the engine.
  if (column === undefined || !/^[\x20-\x7e]+$/.test(body) || /[%_\\]/.test(body) || body.length > maxText)
    return undefined;
  const member = memberOf(column);
  const not = search.not !== negated;
  const operator: Operator = not ? opposite[place] : place;
  const filter = leaf(member, operator, [body]);
  return () => (not ? { and: [filter, set(member)] } : filter);
}

const opposite = { contains: 'notContains', startsWith: 'notStartsWith', endsWith: 'notEndsWith' } as const;
const folded: Readonly<Record<string, (body: string) => string>> = {
  lower: (body) => body.toLowerCase(),
  upper: (body) => body.toUpperCase(),
};

/** `d`, where the search folds by itself; else `lower(d)`, and what is searched for is lower, too. */
function columnOf(text: Expr, body: string, folds: boolean, use: Use): Column | undefined {
  const isFolded = text.kind === 'call' && text.args.length === 1 && folded[text.name]?.(body) === body;
  const inner = text.kind === 'cast' && text.type === 'text' ? text.args[0] : text;
  const column = isFolded ? text.args[0] : folds ? inner : undefined;
  return isOf(column, use) && column.column.type === 'text' ? column : undefined;
}

function searchOf(expr: Expr): Search | undefined {
  if (expr.kind === 'call') {
    const [text, body] = [expr.args[0], literal(expr.args[1])];
    if (expr.name !== 'starts_with' || expr.args.length !== 2 || !text || body === undefined) return undefined;
    return { text, folds: false, place: 'startsWith', body, not: false };
  }
  if (expr.kind !== 'operator') return undefined;
  const [left, right] = expr.args;
  if (!left || !right || expr.args.length !== 2) return undefined;
  if (expr.form === 'AEXPR_ILIKE') return pattern(left, right, true, expr.operator === '!~~*');
  if (expr.form === 'AEXPR_LIKE') return pattern(left, right, false, expr.operator === '!~~');
  return expr.form === 'AEXPR_OP' && left.kind === 'call' ? called(left, expr.operator, right) : undefined;
}

function pattern(text: Expr, right: Expr, folds: boolean, not: boolean): Search | undefined {
  const [, open, body, close] = /^(%?)([^%_\\]+)(%?)$/.exec(literal(right) ?? '') ?? [];
  const place = open && close ? 'contains' : open ? 'endsWith' : close ? 'startsWith' : undefined;
  return body === undefined || place === undefined ? undefined : { text, folds, place, body, not };
}

/** `strpos(lower(d), 'x') > 0`, `left(lower(d), 1) = 'x'` */
function called(left: Extract<Expr, { kind: 'call' }>, sign: string, right: Expr): Search | undefined {
  const [text, second] = left.args;
  if (!text || !second || left.args.length !== 2) return undefined;
  const written = literal(right);
  if (left.name === 'strpos' || left.name === 'position') {
    const body = literal(second);
    const [found, not] = places[`${sign} ${written}`] ?? [];
    return found && body ? { text, folds: false, place: found, body, not: not === true } : undefined;
  }
  const place = left.name === 'left' ? 'startsWith' : left.name === 'right' ? 'endsWith' : undefined;
  if (!place || !['=', '<>', '!='].includes(sign) || !written || literal(second) !== String(written.length))
    return undefined;
  return { text, folds: false, place, body: written, not: sign !== '=' };
}

const places: Readonly<Record<string, readonly [Place, boolean]>> = {
  '> 0': ['contains', false],
  '>= 1': ['contains', false],
  '<> 0': ['contains', false],
  '!= 0': ['contains', false],
  '= 0': ['contains', true],
  '< 1': ['contains', true],
  '<= 0': ['contains', true],
  '= 1': ['startsWith', false],
};

function literal(expr: Expr | undefined): string | undefined {
  if (expr?.kind === 'cast') return expr.type === 'text' || expr.type === 'varchar' ? literal(expr.args[0]) : undefined;
  const text = expr?.kind === 'literal' ? constantText(expr.node) : undefined;
  return text ?? undefined;
}
