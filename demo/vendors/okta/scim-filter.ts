// Okta's filter language (SCIM): eq ne co sw ew gt ge lt le pr, and, or, not, brackets.
import { at, instant } from '../standing.ts';

export type Predicate = (record: unknown) => boolean;
export interface Filter {
  readonly attributes: ReadonlySet<string>;
  readonly test: Predicate;
}

/** Undefined when the text is no filter. */
export function parseScim(source: string): Filter | undefined {
  const tokens = source.match(/"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+/g) ?? [];
  const attributes = new Set<string>();
  let next = 0;
  const peek = () => tokens[next]?.toLowerCase();

  const either = (): Predicate | undefined => {
    let left = both();
    while (left && peek() === 'or') {
      next++;
      const a: Predicate = left;
      const b = both();
      left = b && ((record) => a(record) || b(record));
    }
    return left;
  };
  const both = (): Predicate | undefined => {
    let left = single();
    while (left && peek() === 'and') {
      next++;
      const a: Predicate = left;
      const b = single();
      left = b && ((record) => a(record) && b(record));
    }
    return left;
  };
  const single = (): Predicate | undefined => {
    if (peek() === 'not') {
      next++;
      const inner = single();
      return inner && ((record) => !inner(record));
    }
    if (peek() === '(') {
      next++;
      const inner = either();
      return tokens[next++] === ')' ? inner : undefined;
    }
    return comparison();
  };
  const comparison = (): Predicate | undefined => {
    const attribute = tokens[next++];
    const operator = tokens[next++]?.toLowerCase();
    if (attribute === undefined || operator === undefined) return undefined;
    attributes.add(attribute);
    if (operator === 'pr') return (record) => values(record, attribute).length > 0;
    const compare = comparisons[operator];
    const wanted = literal(tokens[next++]);
    if (!compare || wanted === undefined) return undefined;
    return (record) => {
      const found = values(record, attribute);
      return operator === 'ne'
        ? !found.some((value) => equal(value, wanted))
        : found.some((value) => compare(value, wanted));
    };
  };

  const test = either();
  return test && next === tokens.length ? { attributes, test } : undefined;
}

type Literal = string | number | boolean;

function literal(token: string | undefined): Literal | undefined {
  if (token === undefined) return undefined;
  if (token.startsWith('"')) return token.slice(1, -1).replace(/\\(.)/g, '$1');
  if (token === 'true' || token === 'false') return token === 'true';
  return Number.isNaN(Number(token)) ? undefined : Number(token);
}

const comparisons: Readonly<Record<string, (value: unknown, wanted: Literal) => boolean>> = {
  eq: equal,
  ne: (value, wanted) => !equal(value, wanted),
  co: (value, wanted) => lower(value).includes(lower(wanted)),
  sw: (value, wanted) => lower(value).startsWith(lower(wanted)),
  ew: (value, wanted) => lower(value).endsWith(lower(wanted)),
  gt: (value, wanted) => order(value, wanted) > 0,
  ge: (value, wanted) => order(value, wanted) >= 0,
  lt: (value, wanted) => order(value, wanted) < 0,
  le: (value, wanted) => order(value, wanted) <= 0,
};

const lower = (value: unknown): string => String(value ?? '').toLowerCase();

function equal(value: unknown, wanted: Literal): boolean {
  const [a, b] = [instant(value), instant(wanted)];
  return a !== undefined && b !== undefined ? a === b : lower(value) === lower(wanted);
}

/** NaN, which no comparison accepts, where the two cannot be compared. */
function order(value: unknown, wanted: Literal): number {
  const [a, b] = [instant(value), instant(wanted)];
  if (a !== undefined && b !== undefined) return a - b;
  if (typeof value === 'number' && typeof wanted === 'number') return value - wanted;
  if (typeof value === 'string' && typeof wanted === 'string') return value < wanted ? -1 : value > wanted ? 1 : 0;
  return Number.NaN;
}

/** Values at a path; an array on the way stands for all its elements (`target.id`). */
function values(record: unknown, path: string): unknown[] {
  let level: unknown[] = [record];
  for (const name of path.split('.'))
    level = level.flatMap((value) => (Array.isArray(value) ? value : [value])).map((value) => at(value, name));
  return level.flat().filter((value) => value !== undefined && value !== null);
}
