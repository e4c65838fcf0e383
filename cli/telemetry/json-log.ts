// Events as JSON lines for machines: level and trace with each, and nothing in them that looks like a secret or a person.
import { createHash } from 'node:crypto';
import type { Observe, Tenant, TesseraEvent } from '@tessera/base';

/** The trace of a run: the same in every process that works on it, and in its log lines. */
export const traceIdOf = (tenant: Tenant, run: string): string =>
  createHash('sha256').update(`${tenant}/${run}`).digest('hex').slice(0, 32);

const levels: Readonly<Record<string, 'error' | 'warn'>> = {
  'run.failed': 'error',
  'cube.failed': 'error',
  'audit.failed': 'error',
  'audit.lost': 'error',
  'source.failed': 'warn',
  'records.foreign': 'warn',
  'page.retried': 'warn',
  'clock.jumped': 'warn',
  'start.unchecked': 'warn',
  'alert.raised': 'warn',
};

/** Every event may be written; this is for the texts of others that reach a fault's message (a vendor's, a driver's). */
const patterns: readonly [RegExp, string][] = [
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, '[token]'],
  [/\b(Bearer|Basic|SSWS|ApiKey)\s+[^\s"',;]+/gi, '$1 [secret]'],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1[secret]@'],
  [/([?&][\w.-]*(?:token|key|secret|signature|password|code|assertion)[\w.-]*=)[^&\s"']+/gi, '$1[secret]'],
  [
    /\b(password|passwd|secret|api[_-]?key|client[_-]?secret|token)(["']?\s*[:=]\s*["']?)[^\s"',;&]{4,}/gi,
    '$1$2[secret]',
  ],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[address]'],
];
export const scrub = (text: string): string => patterns.reduce((left, [what, by]) => left.replace(what, by), text);

/** One JSON line an event: `at`, `level`, the event, and `trace` where it belongs to a run. */
export function logLines(write: (line: string) => void, now: () => Date = () => new Date()): Observe {
  const running = new Map<Tenant, string>();
  return (event) => {
    const trace = traceOf(event, running);
    const level = levels[event.event] ?? 'info';
    const line = { at: now().toISOString(), level, ...event, ...(trace === undefined ? {} : { trace }) };
    write(`${JSON.stringify(line, (_, value: unknown) => (typeof value === 'string' ? scrub(value) : value))}\n`);
  };
}

/** Events of a run that do not name it belong to the one that their tenant has under way. */
function traceOf(event: TesseraEvent, running: Map<Tenant, string>): string | undefined {
  if (!('tenant' in event) || event.tenant === undefined) return undefined;
  if (event.event === 'run.started') running.set(event.tenant, traceIdOf(event.tenant, event.run));
  const trace = 'run' in event ? traceIdOf(event.tenant, event.run) : running.get(event.tenant);
  if (event.event === 'run.ended' || event.event === 'run.failed') running.delete(event.tenant);
  return event.event === 'query.answered' || event.event === 'request.refused' ? undefined : trace;
}
