// A fleet of tenants on this disk, sized by Zipf: each with a history of sign-in events that SQL multiplies out of real ones, and an Okta that has what we say.
import path from 'node:path';
import { fixedClock, must, observeNothing, parseTenant, type Tenant } from '@tessera/base';
import { openKeys, servedTables } from '@tessera/cli/wire-keys.ts';
import {
  bronzeColumns,
  bronzeTable,
  fetchStream,
  type SourceConnector,
  type StreamFacts,
  stageStream,
} from '@tessera/ingest';
import {
  createEngine,
  createFolderStore,
  createServing,
  type Engine,
  openTenantLake,
  type ServingDoor,
  type TenantLake,
} from '@tessera/lakehouse';
import { leaseTtlMs, parseTenantConfig, type RunNeeds, type RunOutcome, runTurn } from '@tessera/pipeline';
import type { openBenchLake } from './bench-lake.ts';
import { oktaHistory, oktaLog } from './okta-history.ts';
import { pipelineNeeds } from './vendors-process.ts';

export const fleetAsOf = new Date('2026-01-01T00:00:00Z');
export const historyDays = 90;
/** Real events that histories are made of, and those that come after them. */
const patternEvents = 5000;

export interface FleetTenant {
  readonly tenant: Tenant;
  readonly lake: TenantLake;
  readonly needs: RunNeeds;
  run(): Promise<RunOutcome>;
}
export interface Fleet {
  readonly engine: Engine;
  readonly serving: ServingDoor;
  readonly clock: ReturnType<typeof fixedClock>;
  open(name: string, connector: SourceConnector): Promise<FleetTenant>;
  close(): void;
}

export const fleetName = (rank: number): string => `fleet-${String(rank).padStart(4, '0')}`;

/** `total` shared among `tenants` by rank: the second has half of what the first has, the third a third. */
export function zipfShares(total: number, tenants: number): readonly number[] {
  const weights = Array.from({ length: tenants }, (_, i) => 1 / (i + 1));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => Math.round((total * weight) / sum));
}

/** Everything that one server process shares among its tenants, with the server's own limits. */
export async function openFleet(folder: string): Promise<Fleet> {
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  const keys = openKeys({ home: folder, kmsKey: undefined, seal: 'on' });
  const store = createFolderStore(path.join(folder, 'lake'));
  const clock = fixedClock(fleetAsOf);
  const serving = createServing({
    tables: servedTables,
    maskKeyOf: keys.maskKeyOf,
    folder: path.join(folder, 'serving'),
  });
  const parts = { engine, serving, now: clock, observe: observeNothing };
  let shared: RunNeeds | undefined;
  return {
    engine,
    serving,
    clock,
    async open(name, connector) {
      const tenant = must(parseTenant(name));
      const lake = openTenantLake(store, engine, tenant, undefined, keys.sealingOf(tenant));
      shared ??= await pipelineNeeds({ ...parts, lake });
      const needs = { ...shared, lake, connectors: [connector] };
      const config = parseTenantConfig(
        {
          tenant,
          displayName: name,
          timeZone: 'America/New_York',
          orgId: `${name}-hq`,
          connections: [{ source: 'okta', settings: {} }],
        },
        name,
      );
      return {
        tenant,
        lake,
        needs,
        async run() {
          const turn = await runTurn(needs, config, { holder: 'bench', ttlMs: leaseTtlMs });
          if (turn.state !== 'ran') throw new Error(`${name} did not run: ${turn.state}`);
          const failed = turn.outcome.sources.flatMap(({ report }) => report.failed)[0];
          if (failed) throw failed.fault;
          return turn.outcome;
        },
      };
    },
    close() {
      serving.close();
      engine.close();
    },
  };
}

/** An Okta for each tenant, all with the same log behind it: nothing until it grows. */
export function fleetVendors() {
  const log = oktaLog(fleetAsOf);
  const from = log.length - patternEvents;
  return {
    log,
    /** How many events the log has after the histories. */
    ahead: patternEvents,
    /** When the history must have ended. */
    historyEnds: new Date(log.occurredAt(from)),
    vendor: () => oktaHistory(log, from),
    pattern: () => {
      const history = oktaHistory(log, from - patternEvents);
      history.grow(from);
      return history;
    },
  };
}

/** Real events, staged as ever, in a lake of their own. Gives their rows as a file, to be read by SQL. */
export async function stagePattern(
  bench: Awaited<ReturnType<typeof openBenchLake>>,
  vendors: ReturnType<typeof fleetVendors>,
): Promise<string> {
  const { stream } = vendors.pattern();
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
export async function seedHistory(
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
    _record: "'{}'",
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
