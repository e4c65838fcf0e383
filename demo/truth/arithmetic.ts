// The arithmetic of measures: counts, sums, shares, quantiles and the Kaplan-Meier median.

export type Measure<Row> = (rows: readonly Row[]) => number | null;

export const count =
  <Row>(holds: (row: Row) => boolean = () => true): Measure<Row> =>
  (rows) =>
    rows.reduce((sum, row) => sum + (holds(row) ? 1 : 0), 0);

/** Nothing over no rows, as in SQL. */
export const sum =
  <Row>(of: (row: Row) => number): Measure<Row> =>
  (rows) =>
    rows.length === 0 ? null : rows.reduce((total, row) => total + of(row), 0);

export const distinct =
  <Row>(of: (row: Row) => string | undefined): Measure<Row> =>
  (rows) =>
    new Set(rows.map(of).filter((value) => value !== undefined)).size;

export const percent =
  <Row>(numerator: Measure<Row>, denominator: Measure<Row>): Measure<Row> =>
  (rows) => {
    const [top, bottom] = [numerator(rows), denominator(rows)];
    return top === null || bottom === null || bottom === 0 ? null : (100 * top) / bottom;
  };

/** Mean of milliseconds in hours over the rows that have any. */
export const meanHours =
  <Row>(of: (row: Row) => number | null): Measure<Row> =>
  (rows) => {
    const values = rows.map(of).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length / 3_600_000;
  };

/** Linear interpolation between the two nearest of the sorted values, in hours. */
export const quantileHours =
  <Row>(share: number, of: (row: Row) => number | null): Measure<Row> =>
  (rows) => {
    const values = rows.map(of).filter((value) => value !== null);
    values.sort((a, b) => a - b);
    const [first] = values;
    if (first === undefined) return null;
    const position = (values.length - 1) * share;
    const low = values[Math.floor(position)] ?? first;
    const high = values[Math.ceil(position)] ?? first;
    const weight = position - Math.floor(position);
    return (low * (1 - weight) + high * weight) / 3_600_000;
  };

export interface Observed {
  readonly ms: number;
  readonly observed: boolean;
}

/** The smallest time at which no more than half are expected to be unresolved; nothing where it is not reached. */
export function kaplanMeierMedian(items: readonly Observed[]): number | null {
  const sorted = [...items].sort((a, b) => a.ms - b.ms);
  let surviving = 1;
  for (let i = 0; i < sorted.length; ) {
    const time = sorted[i]?.ms ?? 0;
    const atRisk = sorted.length - i;
    let events = 0;
    for (; i < sorted.length && sorted[i]?.ms === time; i++) if (sorted[i]?.observed) events += 1;
    surviving *= 1 - events / atRisk;
    if (surviving <= 0.5 + 1e-9) return time;
  }
  return null;
}
