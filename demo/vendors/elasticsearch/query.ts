// The part of the query language that a reader of logs needs: bool, term, terms, match, range, exists, ids, prefix, wildcard, match_all.
import { instant } from '../standing.ts';
import type { Columns, Scalar } from './columns.ts';

/** True where document i matches. */
export type Test = (i: number) => boolean;
type Clause = Readonly<Record<string, unknown>>;

/** A query this server does not know, or a malformed one. */
export class QueryError extends Error {}

const isClause = (value: unknown): value is Clause =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Compiles a query; throws QueryError. `now` is for date arithmetic. */
export function compileQuery(query: unknown, columns: Columns, now: Date): Test {
  if (query === undefined || query === null) return () => true;
  const names = isClause(query) ? Object.keys(query) : [];
  const [name] = names;
  if (!isClause(query) || name === undefined || names.length > 1)
    throw new QueryError('[bool] malformed query, expected one query name');
  const kind = kinds[name];
  if (!kind) throw new QueryError(`unknown query [${name}]`);
  return kind(query[name], { columns, now });
}

interface Context {
  readonly columns: Columns;
  readonly now: Date;
}
type Kind = (body: unknown, context: Context) => Test;

/** `{ field: wanted }` or `{ field: { value|query: wanted } }`, boost and the like aside. */
function onField(body: unknown): readonly [string, unknown] {
  const field = isClause(body) ? Object.keys(body).find((key) => key !== 'boost') : undefined;
  if (!isClause(body) || field === undefined) throw new QueryError('query malformed, no field given');
  const wanted = body[field];
  return [field, isClause(wanted) ? (wanted.value ?? wanted.query ?? wanted) : wanted];
}

const same = (value: Scalar, wanted: unknown): boolean =>
  `${value}` === `${wanted}` || (typeof value === 'number' && value === instant(wanted));

const anyOf =
  (holds: (value: Scalar, wanted: string) => boolean): Kind =>
  (body, { columns }) => {
    const [field, wanted] = onField(body);
    return (i) => columns.values(field, i).some((value) => holds(value, `${wanted}`));
  };

const kinds: Readonly<Record<string, Kind>> = {
  match_all: () => () => true,
  match_none: () => () => false,
  term: anyOf(same),
  match: anyOf((value, wanted) => same(value, wanted) || `${value}`.toLowerCase() === wanted.toLowerCase()),
  match_phrase: anyOf((value, wanted) => `${value}`.toLowerCase().includes(wanted.toLowerCase())),
  prefix: anyOf((value, wanted) => `${value}`.startsWith(wanted)),
  wildcard: anyOf((value, wanted) => wildcard(wanted).test(`${value}`)),
  terms: (body, { columns }) => {
    const [field, wanted] = onField(body);
    if (!Array.isArray(wanted)) throw new QueryError('[terms] query requires an array of values');
    return (i) => columns.values(field, i).some((value) => wanted.some((one) => same(value, one)));
  },
  ids: (body, { columns }) => {
    const wanted = new Set(isClause(body) && Array.isArray(body.values) ? body.values : []);
    return (i) => wanted.has(columns.values('_id', i)[0]);
  },
  exists: (body, { columns }) => {
    const field = isClause(body) ? body.field : undefined;
    if (typeof field !== 'string') throw new QueryError('[exists] must be provided with a [field]');
    return (i) => columns.values(field, i).length > 0;
  },
  range: (body, { columns, now }) => {
    const field = isClause(body) ? Object.keys(body).find((key) => isClause(body[key])) : undefined;
    const bounds = field !== undefined && isClause(body) ? body[field] : undefined;
    if (field === undefined || !isClause(bounds)) throw new QueryError('[range] query malformed, no field given');
    const tests = Object.entries(bounds).flatMap(([name, raw]) => {
      const holds = bound[name];
      if (!holds || raw === null || raw === undefined) return [];
      const wanted = columns.isDate(field) ? dateBound(raw, now) : (raw as Scalar);
      return [(value: Scalar) => holds(compare(value, wanted))];
    });
    return (i) => columns.values(field, i).some((value) => tests.every((test) => test(value)));
  },
  bool: (body, { columns, now }) => {
    if (!isClause(body)) throw new QueryError('[bool] query malformed');
    const part = (name: string): Test[] => {
      const given = body[name] ?? [];
      return (Array.isArray(given) ? given : [given]).map((one) => compileQuery(one, columns, now));
    };
    const all = [...part('must'), ...part('filter')];
    const not = part('must_not');
    const should = part('should');
    const least = Number(body.minimum_should_match ?? (should.length > 0 && all.length === 0 ? 1 : 0));
    return (i) =>
      all.every((test) => test(i)) &&
      !not.some((test) => test(i)) &&
      (least === 0 || should.filter((test) => test(i)).length >= least);
  },
};

const bound: Readonly<Record<string, (order: number) => boolean>> = {
  gte: (n) => n >= 0,
  gt: (n) => n > 0,
  lte: (n) => n <= 0,
  lt: (n) => n < 0,
};

/** Order of two values of a field; strings by code unit as keywords are. */
export function compare(a: Scalar, b: Scalar): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [textA, textB] = [`${a}`, `${b}`];
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}

const units: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** Milliseconds of a bound: epoch milliseconds, a date, or `now-15m`. */
function dateBound(raw: unknown, now: Date): number {
  if (typeof raw === 'number') return raw;
  const text = `${raw}`;
  const math = /^now(?:([+-])(\d+)([smhdw]))?$/.exec(text);
  if (math) return now.getTime() + (math[1] === '-' ? -1 : 1) * Number(math[2] ?? 0) * (units[math[3] ?? 's'] ?? 0);
  const ms = /^\d+$/.test(text) && text.length > 4 ? Number(text) : instant(text);
  if (ms === undefined) throw new QueryError(`failed to parse date field [${text}]`);
  return ms;
}

/** `*` and `?` of index and value patterns. */
export function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's');
}
