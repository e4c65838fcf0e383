// The deletion census of all five sources, through their stand-ins and real connectors: what is deleted, what a narrowed scope hides, and what comes back.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fixedClock, must } from '@tessera/base';
import { createVendors, demoTenantConfig, type Json, noFaults, type Sees, type Versioned } from '@tessera/demo';
import { connectors, createWeb, thisMachine } from '@tessera/ingest';
import { parseTableName } from '@tessera/lakehouse';
import { openLedger, parseTenantConfig, runTenant } from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';
import { openLakes } from '../../cli/open-lakes.ts';
import { always, asOf, smallWorld } from './small-world.ts';

const hour = 3_600_000;
const start = Date.parse(asOf);
/** An hour after the first sync records are deleted at the vendor; some time later a scope is narrowed, and widened again. */
const deletedAt = new Date(start + hour).toISOString();
const plain = smallWorld();

/** Exists until `deletedAt`. */
const goes = ({ id, versions }: Versioned<Json>): Versioned<Json> => ({
  id,
  versions: [...versions, { from: deletedAt, record: undefined }],
});
const account = (id: string, status: string): Versioned<Json> =>
  always({
    ...plain.okta.users[0]?.versions[0]?.record,
    ...{ id, status, profile: { login: `${id}@acme.example`, email: `${id}@acme.example` } },
  });
const computer = (id: string, siteId: string): Versioned<Json> => {
  const record = plain.jamf.computers[0]?.versions[0]?.record as { readonly general: Json };
  const general = { ...record.general, site: { id: siteId, name: siteId } };
  return always({ ...record, id, udid: `U${id}`, general, hardware: { serialNumber: `C0${id}` } });
};
const device = (id: string): Versioned<Json> =>
  always({ ...plain.intune.devices[0]?.versions[0]?.record, id, serialNumber: `S${id}` });
const issue = (n: number, projectId: string): Versioned<Json> => {
  const record = plain.jira.issues[n]?.versions[0]?.record as { readonly fields: Json };
  return always({
    ...record,
    id: `${n}`,
    key: `P${projectId}-${n}`,
    fields: { ...record.fields, project: { id: projectId, key: `P${projectId}` } },
  });
};
const project = (id: string) => always({ id, key: `P${id}`, name: `Project ${id}` });

const world = smallWorld({
  okta: {
    ...plain.okta,
    users: [goes(account('left', 'DEPROVISIONED')), account('hidden', 'ACTIVE'), account('stays', 'ACTIVE')],
    factors: new Map(),
    members: new Map(),
  },
  intune: {
    ...plain.intune,
    // A fleet, since Graph says nothing of scopes: one that goes is deleted, most of it at once is hidden.
    devices: [goes(device('left')), ...Array.from({ length: 30 }, (_, i) => device(`fleet-${i}`)), device('stays')],
  },
  jamf: {
    computers: [goes(computer('1', '7')), computer('2', '7'), computer('3', '8'), computer('4', '8')],
    mobileDevices: plain.jamf.mobileDevices,
  },
  elasticsearch: { ...plain.elasticsearch, deletedIndices: { 'logs-auth-000002': deletedAt } },
  jira: {
    ...plain.jira,
    // One of those that are deleted is of the project that is hidden later.
    issues: [goes(issue(1, '1')), issue(2, '1'), issue(3, '2'), issue(4, '2'), goes(issue(5, '2'))],
    changelogs: new Map(),
    projects: [project('1'), project('2')],
  },
});

/** What a narrowed scope hides in each of them. */
const hidden: Sees = ({ source, kind, id, record }) => {
  if (source === 'okta') return id !== 'hidden';
  if (source === 'intune') return kind !== 'devices' || !id.startsWith('fleet-');
  if (source === 'jamf') return (record as { general?: { site?: { id?: string } } }).general?.site?.id !== '8';
  if (source === 'elasticsearch') return id !== 'logs-auth-000001';
  const { fields } = record as { readonly fields?: { readonly project: { readonly id: string } } };
  return (kind === 'projects' ? id : fields?.project.id) !== '2';
};

let isNarrow = false;
let home: string;
let tenant: Awaited<ReturnType<typeof openTenant>>;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-census-'));
  tenant = await openTenant();
});
after(async () => {
  await tenant.close();
  await rm(home, { recursive: true, force: true });
});

async function openTenant() {
  const clock = fixedClock(asOf);
  const lakes = await openLakes({ home, lake: undefined, duckdbMemory: '512MB', kmsKey: undefined, seal: 'off' });
  const lake = lakes.openLake(world.tenant);
  const sees: Sees = (what) => !isNarrow || hidden(what);
  const vendors = createVendors(
    { seed: 1, asOf: new Date(asOf), tenants: [world] },
    { now: clock, faults: noFaults, limits: 'demo', sees },
  );
  const server = createServer((request, response) => {
    if (!vendors.handle(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = parseTenantConfig(demoTenantConfig(origin, world, vendors.credentials(world.tenant)), 'the test');
  const needs = {
    ...{ lake, engine: lakes.engine, connectors, web: createWeb({ networks: thisMachine }), env: {}, now: clock },
    ...{ observe: () => {}, sleep: async () => {}, models: await loadProject(), serving: { build: async () => {} } },
  };
  const rows = async (layer: 'silver' | 'gold', name: string, select: string) => {
    const { sql } = await lake.table(layer, must(parseTableName(name)), { columns: {} }).scan();
    return lakes.engine.query(`with t as (${sql}) ${select}`);
  };
  return {
    lake,
    rows,
    /** So many hours after the first; Okta's own census is weekly. */
    async sync(hours: number) {
      clock.set(new Date(start + hours * hour));
      const { sources } = await runTenant(needs, config, { retryWaitMs: 0 });
      assert.deepEqual(
        sources.flatMap(({ source, report }) =>
          report.failed.map(({ stream, fault }) => [source, stream, fault.message]),
        ),
        [],
      );
    },
    async census() {
      const found = await rows(
        'silver',
        'source_deletions',
        'select stream, record_key, deletion_kind from t order by all',
      );
      return found.map(({ stream, record_key, deletion_kind }) => `${stream} ${record_key} ${deletion_kind}`);
    },
    async count(name: string, where: string) {
      return Number((await rows('gold', name, `select count(*) as n from t where ${where}`))[0]?.n);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await lakes.close();
    },
  };
}

const deleted = [
  'elasticsearch.indices logs-auth-000002 deleted',
  'intune.managed_devices left deleted',
  'jamf.computers 1 deleted',
  'jira.issues 1 deleted',
  'jira.issues 5 deleted',
  'okta.users left deleted',
];
const notVisible = [
  'elasticsearch.indices logs-auth-000001 not_visible',
  ...Array.from({ length: 30 }, (_, i) => `intune.managed_devices fleet-${i} not_visible`),
  'jamf.computers 3 not_visible',
  'jamf.computers 4 not_visible',
  'jira.issues 3 not_visible',
  'jira.issues 4 not_visible',
  'jira.projects 2 not_visible',
  'okta.users hidden not_visible',
];
const numbers = async () => ({
  events: await tenant.count('fact_auth_event', "source_system = 'elasticsearch'"),
  devices: await tenant.count('dim_device', "exclusion_reason is distinct from 'retired'"),
  issues: await tenant.count('fact_issue', 'not is_deleted'),
  projects: await tenant.count('dim_project', "visibility = 'visible'"),
  people: await tenant.count('dim_user', "okta_status <> 'DEPROVISIONED'"),
});

test('at first nothing is missing', async () => {
  await tenant.sync(0);
  assert.deepEqual(await tenant.census(), []);
});

test('what a vendor deleted is deleted, in each of the five, and gold follows: history stays, the present does not count it', async () => {
  const before = await numbers();
  await tenant.sync(8 * 24);
  assert.deepEqual(await tenant.census(), deleted);
  const now = await numbers();
  assert.equal(now.events, before.events, 'sign-ins happened, whatever became of their index');
  assert.deepEqual(
    [
      before.devices - now.devices,
      before.issues - now.issues,
      before.people - now.people,
      before.projects - now.projects,
    ],
    [2, 2, 0, 0],
    'the two devices and the two issues; the account could not sign in anyway',
  );
});

test('what a narrowed scope hides is not visible, in each of the five, and told apart from what was deleted before', async () => {
  isNarrow = true;
  const before = await numbers();
  await tenant.sync(16 * 24);
  assert.deepEqual(await tenant.census(), [...deleted, ...notVisible].sort());
  const now = await numbers();
  assert.equal(now.events, before.events);
  assert.deepEqual(
    [
      before.devices - now.devices,
      before.issues - now.issues,
      before.people - now.people,
      before.projects - now.projects,
    ],
    [32, 2, 1, 1],
  );
});

test('what comes back is back, and only the deleted stay away', async () => {
  isNarrow = false;
  await tenant.sync(24 * 24);
  assert.deepEqual(await tenant.census(), deleted);
});

test('the ledger balanced in every run', async () => {
  const entries = await openLedger(tenant.lake).entries(20);
  assert.ok(entries.length >= 4);
  assert.deepEqual(
    entries
      .filter(({ balanced }) => !balanced)
      .map(({ lines }) => lines.filter(({ unexplained }) => unexplained !== 0)),
    [],
  );
});
