// Which functions of a time can be computed from the time cut to a granularity, and which of them tell those apart.

/** From fine to coarse; `raw` is the time itself. A week fits into no month. */
const chain = ['raw', 'second', 'minute', 'hour', 'day', 'month', 'quarter', 'year'] as const;
export type Granularity = (typeof chain)[number] | 'week';

const rank = (granularity: Granularity) =>
  granularity === 'week' ? chain.indexOf('day') + 0.5 : chain.indexOf(granularity);

/** The coarsest granularity from which both can be computed. */
export function meet(a: Granularity, b: Granularity): Granularity {
  if (a === b) return a;
  const finer = rank(a) < rank(b) ? a : b;
  return finer === 'week' ? 'day' : finer;
}

/** True where times cut to `fine` say all that those cut to `coarse` say. */
export function refines(fine: Granularity, coarse: Granularity): boolean {
  return meet(fine, coarse) === fine;
}

const units = new Map<string, Granularity>(
  (
    [
      ['second', ['second', 'seconds', 'sec']],
      ['minute', ['minute', 'minutes', 'min']],
      ['hour', ['hour', 'hours']],
      ['day', ['day', 'days']],
      ['week', ['week', 'weeks']],
      ['month', ['month', 'months', 'mon']],
      ['quarter', ['quarter', 'qtr']],
      ['year', ['year', 'years', 'yr']],
    ] as const
  ).flatMap(([granularity, words]) => words.map((word) => [word, granularity] as const)),
);
export function unit(word: string): Granularity | undefined {
  return units.get(word.toLowerCase());
}

export interface Part {
  /** The part can be computed from times cut to this. */
  readonly granularity: Granularity;
  readonly name: string;
}

/** Fields of EXTRACT and DATE_PART. */
const parts: Readonly<Record<string, Granularity>> = {
  year: 'year',
  isoyear: 'week',
  decade: 'year',
  century: 'year',
  quarter: 'quarter',
  month: 'month',
  week: 'week',
  doy: 'day',
  dow: 'day',
  isodow: 'day',
  day: 'day',
  hour: 'hour',
  minute: 'minute',
};
export function part(field: string): Part | undefined {
  const name = field.toLowerCase();
  const granularity = Object.hasOwn(parts, name) ? parts[name] : undefined;
  return granularity === undefined ? undefined : { granularity, name };
}

/** Sets of parts that together tell times of a granularity apart. */
const joint: readonly (readonly [Granularity, readonly string[]])[] = [
  ['year', ['year']],
  ['quarter', ['year', 'quarter']],
  ['month', ['year', 'month']],
  ['week', ['isoyear', 'week']],
  ['day', ['year', 'month', 'day']],
  ['day', ['year', 'doy']],
  ['hour', ['year', 'month', 'day', 'hour']],
  ['hour', ['year', 'doy', 'hour']],
];
export function tellsApart(fields: ReadonlySet<string>, granularity: Granularity): boolean {
  return joint.some(([whole, needed]) => refines(whole, granularity) && needed.every((field) => fields.has(field)));
}

/** Formats of to_char that tell apart what they are computed from. */
const formats: Readonly<Record<string, Granularity>> = {
  yyyy: 'year',
  'yyyy-"q"q': 'quarter',
  'yyyy"q"q': 'quarter',
  'yyyy-q': 'quarter',
  'yyyy-mm': 'month',
  yyyymm: 'month',
  'yyyy/mm': 'month',
  'mm/yyyy': 'month',
  'mon yyyy': 'month',
  'month yyyy': 'month',
  'iyyy-iw': 'week',
  'iyyy-"w"iw': 'week',
  'yyyy-mm-dd': 'day',
  yyyymmdd: 'day',
  'dd.mm.yyyy': 'day',
  'mm/dd/yyyy': 'day',
  'yyyy/mm/dd': 'day',
};
export function format(pattern: string): Granularity | undefined {
  const name = pattern.toLowerCase();
  return Object.hasOwn(formats, name) ? formats[name] : undefined;
}

/** Start of the period that `at` (milliseconds of UTC) lies in. */
export function floor(at: number, granularity: Granularity): number {
  const time = new Date(at);
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  const starts: Readonly<Record<Granularity, () => number>> = {
    raw: () => at,
    second: () => Math.floor(at / 1000) * 1000,
    minute: () => Math.floor(at / 60_000) * 60_000,
    hour: () => Math.floor(at / 3_600_000) * 3_600_000,
    day: () => Date.UTC(year, month, day),
    week: () => Date.UTC(year, month, day - ((time.getUTCDay() + 6) % 7)),
    month: () => Date.UTC(year, month, 1),
    quarter: () => Date.UTC(year, month - (month % 3), 1),
    year: () => Date.UTC(year, 0, 1),
  };
  return starts[granularity]();
}

/** Start of the period after the one that begins at `start`. */
export function next(start: number, granularity: Granularity): number {
  const time = new Date(start);
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  const ends: Readonly<Record<Granularity, () => number>> = {
    raw: () => start,
    second: () => start + 1000,
    minute: () => start + 60_000,
    hour: () => start + 3_600_000,
    day: () => start + 86_400_000,
    week: () => start + 7 * 86_400_000,
    month: () => Date.UTC(year, month + 1, 1),
    quarter: () => Date.UTC(year, month + 3, 1),
    year: () => Date.UTC(year + 1, month, day),
  };
  return ends[granularity]();
}
