// From Cube's rows to what the page shows: numbers that are numbers, a place for every bucket, a label for every group.
import type { Bucket } from '../range/range.ts';
import type { Breakdown, Metric, Numbers } from './metric.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Point {
  readonly bucket: Bucket;
  readonly numbers: Numbers;
}
export interface Group {
  /** As the semantic layer has it; null is "not set". */
  readonly key: string | null;
  readonly label: string;
  readonly value: number | null;
  readonly numbers: Numbers;
}

/** A number as Cube sends it (text, number or null) as a number; what is none is null, never 0. */
export function toNumber(value: unknown): number | null {
  if (value == null || value === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** One row's measures under their short names. */
export function numbersOf(row: Row | undefined, names: readonly string[]): Numbers {
  const found = Object.entries(row ?? {}).map(
    ([member, value]) => [member.slice(member.indexOf('.') + 1), value] as const,
  );
  const byName = new Map(found);
  return Object.fromEntries(names.map((name) => [name, toNumber(byName.get(name))]));
}

/** A point for each bucket in order; buckets without a row have nulls. */
export function pointsOf(
  rows: readonly Row[],
  time: string,
  granularity: string,
  buckets: readonly Bucket[],
  names: readonly string[],
): readonly Point[] {
  const byKey = new Map(rows.map((row) => [row[`${time}.${granularity}`] ?? row[time], row]));
  return buckets.map((bucket) => ({ bucket, numbers: numbersOf(byKey.get(bucket.key), names) }));
}

const acronyms: Readonly<Record<string, string>> = {
  macos: 'macOS',
  ios: 'iOS',
  okta: 'Okta',
  jamf: 'Jamf',
  intune: 'Intune',
  elasticsearch: 'Elasticsearch',
  webauthn: 'WebAuthn',
  sms: 'SMS',
  os_version: 'OS version',
  filevault: 'FileVault',
};

/** 'second_factor' → 'Second factor', 'INVALID_CREDENTIALS' → 'Invalid credentials'; names of people and places stay as they are. */
export function sayValue(value: string | null, labels: Breakdown['labels'] = undefined): string {
  if (value === null || value === '') return 'Not set';
  const known = labels?.[value] ?? acronyms[value.toLowerCase()];
  if (known !== undefined) return known;
  const isCode = /^[a-z0-9_]+$/.test(value) || /^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(value) || /^[A-Z]{4,}$/.test(value);
  if (!isCode) return value;
  const words = value.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Groups in the order of the rows; groups with nothing behind them are left out. */
export function groupsOf(
  rows: readonly Row[],
  view: string,
  metric: Metric,
  breakdown: Breakdown,
  names: readonly string[],
): readonly Group[] {
  const counted = breakdown.instead?.measure ?? metric.denominator;
  return rows.flatMap((row): Group[] => {
    const raw = row[`${view}.${breakdown.dimension}`];
    const key = raw == null ? null : String(raw);
    const numbers = numbersOf(row, names);
    if (!numbers[counted] && !numbers[metric.numerator]) return [];
    return [
      {
        key,
        label: sayValue(key, breakdown.labels),
        value: numbers[breakdown.instead?.measure ?? metric.value] ?? null,
        numbers,
      },
    ];
  });
}

/** How the number moved, and whether that is good news; undefined where one side is missing. */
export function changeOf(
  now: number | null | undefined,
  before: number | null | undefined,
  better: 'up' | 'down',
): { readonly by: number; readonly mood: 'good' | 'bad' | 'same' } | undefined {
  if (now == null || before == null) return undefined;
  const by = now - before;
  if (Math.abs(by) < 0.05) return { by, mood: 'same' };
  return { by, mood: by > 0 === (better === 'up') ? 'good' : 'bad' };
}

/** The course of a trend in one sentence, for those who do not see it. */
export function describeTrend(
  title: string,
  points: readonly Point[],
  measure: string,
  write: (value: number) => string,
  sayDay: (day: string) => string,
): string {
  const known = points.flatMap((point) => {
    const value = point.numbers[measure];
    return value == null ? [] : [{ value, day: point.bucket.to }];
  });
  const [first, last] = [known.at(0), known.at(-1)];
  if (!first || !last) return `${title}: no data in this range.`;
  const low = known.reduce((a, b) => (b.value < a.value ? b : a));
  const high = known.reduce((a, b) => (b.value > a.value ? b : a));
  const said = (p: { value: number; day: string }) => `${write(p.value)} on ${sayDay(p.day)}`;
  return `${title}: from ${said(first)} to ${said(last)}; lowest ${said(low)}, highest ${said(high)}.`;
}
