// What the page is narrowed to, as it stands in the address: is.department=Sales, once per value; an empty value is "not set".
import type { Narrowing } from '../metrics/queries.ts';

const most = 20;
const name = (dimension: string): string => `is.${dimension}`;

export function readNarrowings(params: URLSearchParams, known: readonly string[]): readonly Narrowing[] {
  return known.flatMap((dimension): Narrowing[] => {
    const values = [...new Set(params.getAll(name(dimension)))]
      .slice(0, most)
      .map((value) => (value === '' ? null : value));
    return values.length === 0 ? [] : [{ dimension, values }];
  });
}

/** A copy of the address with one dimension narrowed to these values; none takes the narrowing away. */
export function writeNarrowing(
  params: URLSearchParams,
  dimension: string,
  values: readonly (string | null)[],
): URLSearchParams {
  const next = new URLSearchParams(params);
  next.delete(name(dimension));
  for (const value of values) next.append(name(dimension), value ?? '');
  return next;
}
