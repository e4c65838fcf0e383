// Jamf's filter language (RSQL): comparisons, `;` or `and`, `,` or `or`, brackets, `*` wildcards; and its sort parameter.
import { at, instant } from '../standing.ts';

export type Predicate = (record: unknown) => boolean;

/** Undefined when the text is no filter. */
export function parseRsql(source: string): Predicate | undefined {
  const tokens = source.match(tokenPattern) ?? [];
  if (tokens.join('').replace(/\s/g, '') !== source.replace(/\s/g, '')) return undefined;
  let next = 0;
  const take = (...wanted: string[]) => wanted.includes(tokens[next]?.toLowerCase() ?? '') && ++next > 0;

  const either = (): Predicate | undefined => {
    let left = both();
    while (left && take(',', 'or')) {
      const a: Predicate = left;
      const b = both();
      left = b && ((record) => a(record) || b(record));
    }
    return left;
  };
  const both = (): Predicate | undefined => {
    let left = single();
    while (left && take(';', 'and')) {
      const a: Predicate = left;
      const b = single();
      left = b && ((record) => a(record) && b(record));
    }
    return left;
  };
  const single = (): Predicate | undefined => {
    if (!take('(')) return comparison();
    const inner = either();
    return take(')') ? inner : undefined;
  };
  const comparison = (): Predicate | undefined => {
    const selector = tokens[next++];
    const compare = comparisons[tokens[next++]?.toLowerCase() ?? ''];
    const wanted = argumentList();
    if (selector === undefined || !compare || wanted.length === 0) return undefined;
    return (record) => compare(at(record, selector), wanted);
  };
  const argumentList = (): string[] => {
    const read = () => (tokens[next++] ?? '').replace(/^(["'])(.*)\1$/s, '$2');
    if (!take('(')) return next < tokens.length ? [read()] : [];
    const list = [read()];
    while (take(',')) list.push(read());
    return take(')') ? list : [];
  };

  const test = either();
  return test && next === tokens.length ? test : undefined;
}

const tokenPattern = /"[^"]*"|'[^']*'|=[a-z]+=|==|!=|<=|>=|<|>|[();,]|[^\s"'();,=!<>]+/gi;

type Compare = (value: unknown, wanted: readonly string[]) => boolean;
const ordered =
  (holds: (order: number) => boolean): Compare =>
  (value, [wanted = '']) =>
    value !== undefined && value !== '' && holds(order(value, wanted));
const comparisons: Readonly<Record<string, Compare>> = {
  '==': (value, [wanted = '']) => like(value, wanted),
  '!=': (value, [wanted = '']) => !like(value, wanted),
  '<': ordered((n) => n < 0),
  '=lt=': ordered((n) => n < 0),
  '<=': ordered((n) => n <= 0),
  '=le=': ordered((n) => n <= 0),
  '>': ordered((n) => n > 0),
  '=gt=': ordered((n) => n > 0),
  '>=': ordered((n) => n >= 0),
  '=ge=': ordered((n) => n >= 0),
  '=in=': (value, wanted) => wanted.some((one) => like(value, one)),
  '=out=': (value, wanted) => !wanted.some((one) => like(value, one)),
};

function like(value: unknown, wanted: string): boolean {
  const [a, b] = [instant(value), instant(wanted)];
  if (a !== undefined && b !== undefined) return a === b;
  const text = `${value ?? ''}`.toLowerCase();
  const parts = wanted.toLowerCase().split('*');
  if (parts.length === 1) return text === parts[0];
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(`^${pattern}$`, 's').test(text);
}

/** Instants by time, numbers by size (ids are numbers in strings), the rest by letter. */
export function order(a: unknown, b: unknown): number {
  const [timeA, timeB] = [instant(a), instant(b)];
  if (timeA !== undefined && timeB !== undefined) return timeA - timeB;
  const [textA, textB] = [`${a ?? ''}`, `${b ?? ''}`];
  if (/^\d+$/.test(textA) && /^\d+$/.test(textB)) return Number(textA) - Number(textB);
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}

/** `field:asc,other:desc`, in one parameter or several. */
export function sorted<T>(records: readonly T[], sort: readonly string[]): T[] {
  const keys = sort
    .flatMap((one) => one.split(','))
    .filter(Boolean)
    .map((one) => ({ field: one.split(':')[0] ?? '', sign: /:desc$/i.test(one) ? -1 : 1 }));
  return [...records].sort((a, b) => {
    for (const { field, sign } of keys) {
      const difference = order(at(a, field), at(b, field));
      if (difference !== 0) return sign * difference;
    }
    return 0;
  });
}
