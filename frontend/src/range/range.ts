// The time range of the page: which days it covers, which came before, how it is written in the address.
import { addDays, clampDay, type Day, daysBetween, isDay, nextMonth, startOfMonth, startOfWeek } from './day.ts';

/** Whole days, both ends included. */
export interface Range {
  readonly from: Day;
  readonly to: Day;
}
export type RangeChoice =
  | { readonly kind: 'last'; readonly days: number }
  | { readonly kind: 'custom'; readonly from: Day; readonly to: Day };

export const granularities = ['day', 'week', 'month'] as const;
export type Granularity = (typeof granularities)[number];

export interface Bucket {
  /** As Cube writes it in rows: '2026-11-02T00:00:00.000'. */
  readonly key: string;
  readonly from: Day;
  readonly to: Day;
  /** The range covers only some days of the week or month. */
  readonly isPartial: boolean;
}

export const presets = [7, 30, 90, 180] as const;
export const defaultChoice: RangeChoice = { kind: 'last', days: 30 };
/** A longer range would be an unbounded query in disguise. */
export const longestRangeDays = 366;

/** The last day that has ended when the data was taken: a range never holds a day that is still going on. */
export function lastDay(asOf: string): Day {
  return addDays(new Date(asOf).toISOString().slice(0, 10), -1);
}

export function daysOf(range: Range): number {
  return daysBetween(range.from, range.to) + 1;
}

export function rangeOf(choice: RangeChoice, asOf: string): Range {
  if (choice.kind === 'custom') return { from: choice.from, to: choice.to };
  const to = lastDay(asOf);
  return { from: addDays(to, 1 - choice.days), to };
}

/** The same number of days, just before. */
export function previousOf(range: Range): Range {
  return { from: addDays(range.from, -daysOf(range)), to: addDays(range.from, -1) };
}

export function defaultGranularity(range: Range): Granularity {
  return daysOf(range) <= 90 ? 'day' : 'week';
}

/** Why a pair of days is no range, in a sentence for the person who typed it; undefined where it is one. */
export function problemOf(from: string, to: string, asOf: string): string | undefined {
  if (!isDay(from) || !isDay(to)) return 'Give both days as year-month-day.';
  if (from > to) return 'The first day must not be after the last day.';
  if (to > lastDay(asOf)) return `The last day can be ${lastDay(asOf)} at the latest: the data ends there.`;
  if (daysBetween(from, to) + 1 > longestRangeDays) return `A range can have at most ${longestRangeDays} days.`;
  return undefined;
}

/** Reads the range from the address; what makes no sense falls back to the default and says so. */
export function readRange(
  params: URLSearchParams,
  asOf: string,
): { readonly choice: RangeChoice; readonly problem?: string } {
  const [last, from, to] = ['last', 'from', 'to'].map((name) => params.get(name));
  if (last != null) {
    const days = presets.find((preset) => String(preset) === last);
    return days
      ? { choice: { kind: 'last', days } }
      : { choice: defaultChoice, problem: 'The address names a range that does not exist.' };
  }
  if (from == null && to == null) return { choice: defaultChoice };
  const problem = problemOf(from ?? '', to ?? '', asOf);
  if (problem !== undefined) return { choice: defaultChoice, problem };
  return { choice: { kind: 'custom', from: from ?? '', to: to ?? '' } };
}

/** Writes the range into a copy of the address; the default leaves no trace there. */
export function writeRange(params: URLSearchParams, choice: RangeChoice): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const name of ['last', 'from', 'to', 'per']) next.delete(name);
  if (choice.kind === 'custom') {
    next.set('from', choice.from);
    next.set('to', choice.to);
  } else if (defaultChoice.kind === 'last' && choice.days !== defaultChoice.days) {
    next.set('last', String(choice.days));
  }
  return next;
}

const starts: Record<Granularity, (day: Day) => Day> = {
  day: (day) => day,
  week: startOfWeek,
  month: startOfMonth,
};
const next: Record<Granularity, (day: Day) => Day> = {
  day: (day) => addDays(day, 1),
  week: (day) => addDays(day, 7),
  month: nextMonth,
};

/** Every bucket of the range in order, also those without data: a gap must be seen as a gap. */
export function bucketsOf(range: Range, granularity: Granularity): readonly Bucket[] {
  const buckets: Bucket[] = [];
  for (let start = starts[granularity](range.from); start <= range.to; start = next[granularity](start)) {
    const end = addDays(next[granularity](start), -1);
    buckets.push({
      key: `${start}T00:00:00.000`,
      from: clampDay(start, range.from, range.to),
      to: clampDay(end, range.from, range.to),
      isPartial: start < range.from || end > range.to,
    });
  }
  return buckets;
}
