// Variables that a build hands to its models, and how each is written in SQL.
import { Fault } from '@tessera/base';

export interface TransformVars {
  readonly tenant: string;
  readonly org_id: string;
  readonly time_zone: string;
  /** Instant at which current-state columns hold. */
  readonly as_of: Date;
  readonly display_name: string;
  readonly status: 'active' | 'suspended' | 'deleted';
}

/** A variable as a SQL literal; what is not declared is MODEL_INVALID. */
export function varAsSql(vars: TransformVars, name: string, file: string): string {
  if (!Object.hasOwn(vars, name))
    throw new Fault('MODEL_INVALID', {
      file,
      problem: `there is no variable '${name}'; there are ${Object.keys(vars).join(', ')}`,
    });
  const value = vars[name as keyof TransformVars];
  return value instanceof Date ? `timestamptz '${value.toISOString()}'` : `'${value.replaceAll("'", "''")}'`;
}

/** To make one costs a hundred times as much as to use it; there are as many as zones. */
const calendars = new Map<string, Intl.DateTimeFormat>();

/** The day in the tenant's zone that holds an instant, as yyyy-mm-dd. */
export function localDay(at: Date, timeZone: string): string {
  const calendar =
    calendars.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  calendars.set(timeZone, calendar);
  return calendar.format(at);
}

/** What of a variable makes a model stale: of as_of only its day, so that a quiet quarter of an hour rebuilds nothing. */
export function varFingerprint(vars: TransformVars, name: string): string {
  if (name === 'as_of') return localDay(vars.as_of, vars.time_zone);
  return String(vars[name as keyof TransformVars]);
}
