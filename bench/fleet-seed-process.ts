// Makes a fleet's histories in a process of its own, so that inventing them is in nobody's memory: `node fleet-seed-process.ts <folder> <tenants> <events>`.
import path from 'node:path';
import { observeNothing } from '@tessera/base';
import type { EventLog } from '@tessera/demo';
import { bronzeColumns, bronzeTable, fetchStream, type StreamFacts, stageStream } from '@tessera/ingest';
import { openBenchLake } from './bench-lake.ts';
import {
  aheadFile,
  type FleetTenant,
  fleetAsOf,
  fleetName,
  historyDays,
  openFleet,
  zipfShares,
} from './fleet-lakes.ts';
import { oktaHistory } from './okta-history.ts';
import { oktaLog, writeLog } from './okta-log.ts';

/** Real events that histories are made of, and those that come after them. */
const patternEvents = 5000;

const [folder = '', count = '0', total = '0'] = process.argv.slice(2);
const log = oktaLog(fleetAsOf);
const until = log.length - patternEvents;
writeLog(aheadFile(folder), log, until);
const fleet = await openFleet(folder);
const patternLake = await openBenchLake();
const pattern = await stagePattern(patternLake, log, until);
const ends = new Date(log.occurredAt(until));
for (const [i, events] of zipfShares(Number(total), Number(count)).entries()) {
  const { connector, facts } = oktaHistory(log, until);
  await seedHistory(await fleet.open(fleetName(i + 1), connector), facts, { pattern, events, ends });
}
patternLake.close();
fleet.close();

/** Real events, staged as ever, in a lake of their own. Gives their rows as a file, to be read by SQL. */
async function stagePattern(
  bench: Awaited<ReturnType<typeof openBenchLake>>,
  log: EventLog,
  until: number,
): Promise<string> {
  const { stream, grow } = oktaHistory(log, until - patternEvents);
  grow(until);
  const needs = {
    lake: bench.lake,
    engine: bench.engine,
    source: 'okta',
    orgId: 'hq',
    owner: undefined,
    run: 'r1',
    now: () => fleetAsOf,
    sleep: async () => {},
    observe: observeNothing,
  } as const;
  await stageStream(needs, stream, await fetchStream(needs, stream, { cursor: undefined }));
  const file = path.join(bench.folder, 'pattern.parquet');
  const { sql } = await bronzeTable(bench.lake, 'okta', stream).scan();
  // Sessions and transactions stay as long as they were, however far apart their beginnings come to lie.
  const chain = 'coalesce(root_session_id, external_session_id, transaction_id, uuid)';
  await bench.engine.query(
    `copy (
      select *, min(pattern_row) over same as first_row, epoch_us(published) - min(epoch_us(published)) over same as since_first
      from (select *, row_number() over (order by published, uuid) - 1 as pattern_row from (${sql}))
      window same as (partition by ${chain})
    ) to '${file}'`,
  );
  return file;
}

/**
 * Bronze of `events` events as if it had been staged in one commit: what begins, begins evenly over the days before `ends`.
 * The pattern is repeated backwards, each time with sessions and transactions of its own; those of the last time go on with what comes after.
 * The records' texts are left out, for no model reads them.
 */
async function seedHistory(
  { lake, needs }: FleetTenant,
  stream: StreamFacts,
  { pattern, events, ends }: { readonly pattern: string; readonly events: number; readonly ends: Date },
): Promise<void> {
  const before = `${events} - n + pattern_row - first_row`;
  const step = (historyDays * 86_400_000_000) / events;
  const at = `TIMESTAMPTZ '${ends.toISOString()}' - to_microseconds((${step} * (${before}))::BIGINT - since_first)`;
  const again = (id: string) => `${id} || case when repeated = 0 then '' else '-' || repeated end`;
  const replaced: Readonly<Record<string, string>> = {
    uuid: "uuid || '-' || n",
    _key: "uuid || '-' || n",
    root_session_id: again('root_session_id'),
    external_session_id: again('external_session_id'),
    transaction_id: again('transaction_id'),
    [stream.occurredAt ?? '']: at,
    ingest_at: at,
    _page: "'20250101T000000000Z-000001'",
    tenant_id: `'${lake.tenant}'`,
    org_id: `'${lake.tenant}-hq'`,
  };
  const columns = Object.keys(bronzeColumns(stream)).map((name) =>
    replaced[name] === undefined ? `"${name}"` : `${replaced[name]} as "${name}"`,
  );
  await needs.engine.session((session) =>
    bronzeTable(lake, 'okta', stream).append(session, {
      sql: `select ${columns.join(', ')}
        from (select n, (${events} - 1 - n) // ${patternEvents} as repeated, ${patternEvents - 1} - (${events} - 1 - n) % ${patternEvents} as row_of from range(${events}) as r(n))
        join '${pattern}' as p on p.pattern_row = row_of`,
    }),
  );
}
