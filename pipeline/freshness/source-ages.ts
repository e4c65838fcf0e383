// How old a source's served data has been, minute by minute, kept in a bounded record: pure, exact however often it is brought up to date.
import type { AgesOfDay, SourceAges } from '@tessera/lakehouse';

const dayMs = 86_400_000;
const minute = 60_000;
/** Days kept; older ones are forgotten. */
export const keptDays = 31;
/** Upper bounds of the ages that time is sorted by; a last class has none. */
export const ageBounds = [5, 10, 15, 20, 30, 45, 60, 120, 360, 1440].map((minutes) => minutes * minute);

export const newAges = (at: number): SourceAges => ({
  until: at,
  checkedAt: null,
  answeredAt: null,
  failed: null,
  days: [],
});

/**
 * Measures the time since the last call: at each instant the age is the time since `checkedAt`, and never within the target before the first check.
 * Time that nobody watched (a machine that was off) counts as it was. Set back by less than a day, the clock measures nothing until it has caught up;
 * set back by more, the record goes on from there.
 */
export function measure(ages: SourceAges, at: number, targetMs: number): SourceAges {
  if (at <= ages.until) return ages.until - at > dayMs ? { ...ages, until: at } : ages;
  const days = new Map(ages.days.map((day) => [day.day, day]));
  let from = Math.max(ages.until, startOfDay(at) - (keptDays - 1) * dayMs);
  while (from < at) {
    const to = Math.min(at, startOfDay(from) + dayMs);
    const day = new Date(from).toISOString().slice(0, 10);
    days.set(day, addSpan(days.get(day) ?? emptyDay(day), from, to, ages.checkedAt, targetMs));
    from = to;
  }
  const kept = [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)).slice(-keptDays);
  return { ...ages, until: at, days: kept };
}

const startOfDay = (at: number) => Math.floor(at / dayMs) * dayMs;
const emptyDay = (day: string): AgesOfDay => ({
  day,
  measured: 0,
  within: 0,
  spent: [...ageBounds, 0].map(() => 0),
  oldest: 0,
});

function addSpan(day: AgesOfDay, from: number, to: number, checkedAt: number | null, targetMs: number): AgesOfDay {
  const last = ageBounds.length;
  // Time with an age in (low, high]: the age grows by a millisecond each millisecond.
  const between = (low: number, high: number) =>
    checkedAt === null ? 0 : Math.max(0, Math.min(to, checkedAt + high) - Math.max(from, checkedAt + low));
  const spent = day.spent.map((ms, i) => {
    if (checkedAt === null) return i === last ? ms + to - from : ms;
    const low = i === 0 ? Number.NEGATIVE_INFINITY : (ageBounds[i - 1] ?? 0);
    return ms + between(low, ageBounds[i] ?? Number.POSITIVE_INFINITY);
  });
  return {
    day: day.day,
    measured: day.measured + to - from,
    within: day.within + between(Number.NEGATIVE_INFINITY, targetMs),
    spent,
    oldest: checkedAt === null || day.oldest === null ? null : Math.max(day.oldest, to - checkedAt),
  };
}

export interface Attainment {
  /** Share of the measured time within the target; null where nothing was measured. */
  readonly percent: number | null;
  readonly measuredMinutes: number;
  /** Ages in minutes, as the upper bound of their class; null where it has none. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

export type TenantAttainment = Pick<Attainment, 'percent' | 'measuredMinutes'>;

/** Over the newest `days` UTC days, the one of `at` with them. */
export function attain(ages: SourceAges, at: number, days: number): Attainment {
  const first = new Date(startOfDay(at) - (days - 1) * dayMs).toISOString().slice(0, 10);
  const counted = ages.days.filter(({ day }) => day >= first);
  const sum = (of: (day: AgesOfDay) => number) => counted.reduce((total, day) => total + of(day), 0);
  const measured = sum((day) => day.measured);
  const spent = [...ageBounds, 0].map((_, i) => sum((day) => day.spent[i] ?? 0));
  const quantile = (share: number): number | null => {
    let seen = 0;
    const at = spent.findIndex((ms) => {
      seen += ms;
      return seen >= measured * share;
    });
    const bound = measured === 0 ? undefined : ageBounds[at];
    return bound === undefined ? null : bound / minute;
  };
  const unknown = measured === 0 || counted.some(({ oldest }) => oldest === null);
  return {
    percent: measured === 0 ? null : floorTo(100 * (sum((day) => day.within) / measured)),
    measuredMinutes: Math.floor(measured / minute),
    p50: quantile(0.5),
    p95: quantile(0.95),
    max: unknown ? null : Math.ceil(Math.max(...counted.map(({ oldest }) => oldest ?? 0)) / minute),
  };
}

/** Of several sources together: the share of all their measured time that each spent within its own target. */
export function attainTogether(all: readonly SourceAges[], at: number, days: number): TenantAttainment {
  const first = new Date(startOfDay(at) - (days - 1) * dayMs).toISOString().slice(0, 10);
  const counted = all.flatMap((ages) => ages.days.filter(({ day }) => day >= first));
  const sum = (of: (day: AgesOfDay) => number) => counted.reduce((total, day) => total + of(day), 0);
  const measured = sum((day) => day.measured);
  return {
    percent: measured === 0 ? null : floorTo(100 * (sum((day) => day.within) / measured)),
    measuredMinutes: Math.floor(measured / minute),
  };
}

/** Rounded down, so that 100 means all of it. */
const floorTo = (percent: number) => Math.floor(percent * 1000) / 1000;
