// How days and instants are written. Days carry no zone; instants are said in the tenant's.
import { type Day, daysBetween } from '../range/day.ts';
import type { Range } from '../range/range.ts';

const utc = { timeZone: 'UTC' } as const;
const short = new Intl.DateTimeFormat('en-GB', { ...utc, day: 'numeric', month: 'short' });
const long = new Intl.DateTimeFormat('en-GB', { ...utc, day: 'numeric', month: 'short', year: 'numeric' });
const toDate = (day: Day): Date => new Date(`${day}T00:00:00Z`);

/** 3 Nov */
export const formatDay = (day: Day): string => short.format(toDate(day));
/** 3 Nov 2026 */
export const formatLongDay = (day: Day): string => long.format(toDate(day));

/** 22 Oct – 20 Nov 2026; the first year only where it differs. */
export function formatRange(range: Range): string {
  if (range.from === range.to) return formatLongDay(range.to);
  const first = range.from.slice(0, 4) === range.to.slice(0, 4) ? formatDay(range.from) : formatLongDay(range.from);
  return `${first} – ${formatLongDay(range.to)}`;
}

/** 21 Nov 2026, 05:30 GMT+5:30 */
export function formatInstant(instant: string, timeZone: string): string {
  const ms = Date.parse(instant);
  if (!Number.isFinite(ms)) return 'unknown';
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(ms);
}

/** 20 Nov, 23:58: where the zone is said nearby. */
export function formatMoment(instant: string, timeZone: string): string {
  const ms = Date.parse(instant);
  if (!Number.isFinite(ms)) return 'unknown';
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(ms);
}

/** 30 days */
export const formatLength = (range: Range): string => {
  const days = daysBetween(range.from, range.to) + 1;
  return days === 1 ? '1 day' : `${days} days`;
};
