// A fleet of tenants on this disk, sized by Zipf: each with a history of sign-in events that SQL multiplies out of real ones, and an Okta that has what we say.
import path from 'node:path';
import { fixedClock, must, observeNothing, parseTenant, type Tenant } from '@tessera/base';
import { openKeys, servedTables } from '@tessera/cli/wire-keys.ts';
import type { SourceConnector } from '@tessera/ingest';
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
import { type OktaHistory, oktaHistory } from './okta-history.ts';
import { readLog } from './okta-log.ts';
import { pipelineNeeds } from './vendors-process.ts';

export const fleetAsOf = new Date('2026-01-01T00:00:00Z');
export const historyDays = 90;

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

/** Where the process that seeds leaves what each tenant's Okta will have next. */
export const aheadFile = (folder: string): string => path.join(folder, 'ahead.log');

/** An Okta for each tenant, all with the same log: it has nothing until it grows. */
export function fleetVendors(folder: string): () => OktaHistory {
  const ahead = readLog(aheadFile(folder));
  return () => oktaHistory(ahead, 0);
}
