// When an input is due: by cron in a time zone, or every so many seconds. Pure: instants in, instants out.
import { createHash } from 'node:crypto';
import { Cron } from 'croner';

export type Rhythm = { readonly cron: string; readonly timeZone: string } | { readonly everyMs: number };

const fields = 5;

/** True for a cron expression of minutes, hours, days, months and weekdays that comes round at all. */
export function isCron(text: string): boolean {
  if (text.trim().split(/\s+/).length !== fields) return false;
  try {
    return new Cron(text, { paused: true }).nextRun(new Date(0)) !== null;
  } catch {
    return false;
  }
}

const crons = new Map<string, Cron>();

/** The first time after `at`. Of a local time that comes twice in autumn the first counts; one that a spring night leaves out is due when that night's clocks have moved. */
export function nextAfter(rhythm: Rhythm, at: number): number {
  if ('everyMs' in rhythm) return (Math.floor(at / rhythm.everyMs) + 1) * rhythm.everyMs;
  const { cron: text, timeZone } = rhythm;
  const cron = crons.get(`${timeZone} ${text}`) ?? new Cron(text, { paused: true, timezone: timeZone });
  crons.set(`${timeZone} ${text}`, cron);
  return cron.nextRun(new Date(at))?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** How often it came round in (since, until], counted up to `most`. */
export function countBetween(rhythm: Rhythm, since: number, until: number, most: number): number {
  let count = 0;
  for (let at = nextAfter(rhythm, since); at <= until && count < most; at = nextAfter(rhythm, at)) count += 1;
  return count;
}

const longestSpreadMs = 900_000;

/** How long after its time a tenant begins, always the same for one tenant: so that not all begin at the full hour. Less than a period, and at most a quarter of an hour. */
export function spreadOf(tenant: string, rhythm: Rhythm, at: number): number {
  const first = nextAfter(rhythm, at);
  const period = nextAfter(rhythm, first) - first;
  const within = Math.min(longestSpreadMs, period);
  const hash = createHash('sha256').update(tenant).digest().readUInt32BE();
  return Math.floor((hash / 2 ** 32) * within);
}
