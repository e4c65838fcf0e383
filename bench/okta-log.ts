// The demo's own Okta events, as long as one likes, and how they are kept in a file: whoever measures reads them from there, so that neither inventing them nor the heap that takes is in a figure.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type EventLog, generateWorld } from '@tessera/demo';
import { benchTenant } from './bench-lake.ts';
import { ownProcess } from './own-process.ts';

/** The largest demo tenant's log; the same seed gives the same bytes on every machine. */
export function oktaLog(asOf: Date): EventLog {
  const [tenant] = generateWorld({ seed: 20_260_101, asOf, tenants: [benchTenant] }).tenants;
  if (tenant === undefined) throw new Error(`the demo has no ${benchTenant}`);
  return tenant.okta.log;
}

/** The same log, invented by a process of its own. */
export function readyOktaLog(folder: string, asOf: Date): EventLog {
  const file = path.join(folder, 'okta.log');
  ownProcess('okta-log-process.ts', file, asOf.toISOString());
  return readLog(file);
}

/** One event a line from `from` on: when it was stored, when it happened, its JSON. */
export function writeLog(file: string, log: EventLog, from = 0): void {
  const to = openSync(file, 'w');
  for (let i = from; i < log.length; i += 1)
    writeSync(to, `${log.persistedAt(i)} ${log.occurredAt(i)} ${log.json(i)}\n`);
  closeSync(to);
}

export function readLog(file: string): EventLog {
  const bytes = readFileSync(file);
  const starts = [0];
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', end + 1)) starts.push(end + 1);
  const line = (i: number) => bytes.toString('utf8', starts[i], (starts[i + 1] ?? 1) - 1).split(' ');
  return {
    length: starts.length - 1,
    persistedAt: (i) => Number(line(i)[0]),
    occurredAt: (i) => Number(line(i)[1]),
    json: (i) => line(i).slice(2).join(' '),
  };
}
