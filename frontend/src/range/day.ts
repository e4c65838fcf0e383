// Calendar days as text, 'YYYY-MM-DD'. A day has no zone here: the tenant's zone was applied when the data was made.

/** 'YYYY-MM-DD'. */
export type Day = string;

const dayMs = 86_400_000;
const shape = /^\d{4}-\d{2}-\d{2}$/;

const toMs = (day: Day): number => Date.parse(`${day}T00:00:00Z`);
const fromMs = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

/** True for a day that exists in the calendar: '2026-02-30' is none. */
export function isDay(text: unknown): text is Day {
  if (typeof text !== 'string' || !shape.test(text)) return false;
  const ms = toMs(text);
  return Number.isFinite(ms) && fromMs(ms) === text;
}

export function addDays(day: Day, days: number): Day {
  return fromMs(toMs(day) + days * dayMs);
}

/** Days from one to the other: 0 for the same day, negative where `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((toMs(to) - toMs(from)) / dayMs);
}

/** Monday of the ISO week. */
export function startOfWeek(day: Day): Day {
  const weekday = (new Date(toMs(day)).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

export function startOfMonth(day: Day): Day {
  return `${day.slice(0, 7)}-01`;
}

/** First day of the month after. */
export function nextMonth(day: Day): Day {
  return startOfMonth(addDays(startOfMonth(day), 31));
}

/** The day, or the nearer end where it lies outside. */
export function clampDay(day: Day, from: Day, to: Day): Day {
  if (day < from) return from;
  if (day > to) return to;
  return day;
}
