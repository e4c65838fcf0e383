// How one database value is written into an answer: times without zone, numbers as exact strings, everything else as it is.
const written = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}$/;
const readable = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d+))?(?: ?UTC|Z|[+-]\d{2}:\d{2})?$/i;

/** `YYYY-MM-DDTHH:MM:SS.mmm` without zone and without shift (values are in the query's zone already); text that is no time stays. */
export function formatTime(text: string): string {
  if (written.test(text)) return text;
  const [, date, time, fraction = ''] = readable.exec(text) ?? [];
  if (!date || !time || !isInstant(date, time)) return text;
  return `${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}`;
}

function isInstant(date: string, time: string): boolean {
  const parsed = new Date(`${date}T${time}Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

/** A value of a member whose annotation has this type. Numbers are strings since Cube 1.7, so that no digit is lost on the way. */
export function formatCell(value: unknown, type: string | undefined): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  if (typeof value === 'bigint') return String(value);
  const text = value instanceof Date ? value.toISOString() : value;
  return typeof text === 'string' && type === 'time' ? formatTime(text) : text;
}
