// One tenant over the bad vendors, on a given store and folder, and what must be true of it in the end.
import assert from 'node:assert/strict';
import path from 'node:path';
import { fixedClock, must, observeNothing, parseTenant, type Tenant } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import {
  createEngine,
  createFolderStore,
  createServing,
  type ObjectStore,
  openTenantLake,
  parseTableName,
} from '@tessera/lakehouse';
import { parseTenantConfig, type RunNeeds, runTurn, verifyLedger } from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';
import {
  devicesAt,
  epoch,
  eventId,
  faultyVendors,
  origins,
  storedEvents,
  turnMs,
  type VendorMood,
} from './faulty-vendors.ts';

const configOf = (tenant: Tenant) =>
  parseTenantConfig(
    {
      tenant,
      displayName: 'Acme',
      timeZone: 'Europe/Paris',
      orgId: `${tenant}-hq`,
      connections: [
        { source: 'okta', settings: { url: origins.okta, token: 'a-token' } },
        {
          source: 'intune',
          settings: {
            graphUrl: `${origins.graph}/v1.0`,
            authorityUrl: origins.graph,
            directoryId: 'acme',
            clientId: 'client',
            clientSecret: 'a-secret',
          },
        },
      ],
    },
    'test',
  );
const lease = { holder: 'fault test', ttlMs: 60_000 };

export interface FaultyTenantOptions {
  /** acme-corp where it is not said; several tenants may share a folder. */
  readonly tenant?: string;
  readonly mood: VendorMood;
  readonly wrap?: (store: ObjectStore) => ObjectStore;
  /** Around the making of the copy that answers. */
  readonly whileServing?: () => void;
}

/** Opens everything that a worker has; nothing is shared with another one but the folder. */
export async function openFaultyTenant(folder: string, options: FaultyTenantOptions) {
  const { mood, wrap, whileServing } = options;
  const tenant = must(parseTenant(options.tenant ?? 'acme-corp'));
  const config = configOf(tenant);
  const now = fixedClock(new Date(epoch));
  const engine = await createEngine({
    scratch: path.join(folder, `scratch-${process.pid}-${tenant}`),
    memoryLimit: '256MB',
  });
  const folderStore = createFolderStore(path.join(folder, 'lake'));
  const store = wrap?.(folderStore) ?? folderStore;
  const lake = openTenantLake(store, engine, tenant, now);
  const serving = createServing({ folder: path.join(folder, 'serving'), threads: 1, memoryLimit: '128MB' });
  const needs: RunNeeds = {
    ...{ lake, engine, connectors, env: {}, now, observe: observeNothing },
    web: faultyVendors(now, mood),
    sleep: async () => {},
    serving: {
      build: (of, release) => {
        const building = serving.build(of, release);
        whileServing?.();
        return building;
      },
      inspect: serving.inspect,
      copy: serving.copy,
      trust: serving.trust,
    },
    models: await loadProject(),
    upkeep: { retentionDays: 7, keepReleases: 2, minFiles: 4 },
  };
  const rows = async (layer: 'bronze' | 'gold', name: string, select: string) => {
    const { sql } = await lake.table(layer, must(parseTableName(name)), { columns: {} }).scan();
    return engine.query(`with rows as (${sql}) ${select}`);
  };
  const checkDevices = async (): Promise<number> => {
    const current = await rows(
      'bronze',
      'intune__managed_devices',
      `select id, compliance_state from rows qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and not _deleted order by id`,
    );
    assert.deepEqual(
      current,
      devicesAt(now()).map(({ id, complianceState }) => ({ id, compliance_state: complianceState })),
    );
    return current.length;
  };
  return {
    checkDevices,
    ...{ lake, engine, needs, now, rows, serving },
    at: (turn: number) => now.set(new Date(epoch + turn * turnMs)),
    turn: () => runTurn(needs, config, lease, { streams: ['log', 'managed_devices'], retryWaitMs: 0 }),
    /** Each event of the vendor is there once so far and no other; nothing that is not yet there is held against it. */
    async check(): Promise<number> {
      const log = lake.table('bronze', must(parseTableName('okta__log')), { columns: {} });
      if ((await log.version()) < 0) return 0;
      const found = await rows('bronze', 'okta__log', 'select uuid from rows order by uuid');
      const ids = found.map(({ uuid }) => String(uuid));
      assert.equal(new Set(ids).size, ids.length, 'no event is doubled');
      return ids.length;
    },
    /** After runs that were left in peace: bronze, gold, the served copy and the ledger are exactly what the vendors have. */
    async checkAll() {
      const wanted = Array.from({ length: storedEvents(now()) }, (_, i) => eventId(i));
      const told = (list: readonly Record<string, unknown>[], name: string) => list.map((row) => String(row[name]));
      assert.deepEqual(told(await rows('bronze', 'okta__log', 'select uuid from rows order by uuid'), 'uuid'), wanted);
      const facts = await rows('gold', 'fact_auth_event', 'select event_id from rows order by event_id');
      assert.deepEqual(told(facts, 'event_id'), wanted);
      const served = await serving.query(tenant, 'select event_id from fact_auth_event order by event_id');
      assert.deepEqual(told(served, 'event_id'), wanted);
      const devices = await checkDevices();
      const ledger = await verifyLedger(needs, config);
      assert.deepEqual(
        ledger.lines.filter(({ unexplained, problem }) => unexplained !== 0 || problem !== null),
        [],
      );
      assert.ok(ledger.balanced);
      return { events: wanted.length, devices, lines: ledger.lines.length };
    },
    async close() {
      await serving.close();
      engine.close();
    },
  };
}
export type FaultyTenant = Awaited<ReturnType<typeof openFaultyTenant>>;
