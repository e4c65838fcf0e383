// Our own connectors against the stand-ins at the vendors' published limits, with faults: all records arrive, and no request is one too many.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixedClock, type SourceName } from '@tessera/base';
import {
  createVendors,
  type FaultKind,
  generateWorld,
  recordAt,
  type TenantWorld,
  type Versioned,
  vendorUrls,
} from '@tessera/demo';
import { bronzeTable, connectors, createWeb, syncSource, thisMachine } from '@tessera/ingest';
import { createEngine, createFolderStore, openTenantLake } from '@tessera/lakehouse';
import { listen } from './serve.ts';

const asOf = new Date('2026-03-01T00:00:00Z');
const world = generateWorld({ seed: 42, asOf, tenants: ['initech'] });
const tenantWorld = world.tenants[0] as TenantWorld;
const { tenant } = tenantWorld;
const standing = <T>(list: readonly Versioned<T>[]) => list.filter((one) => recordAt(one, asOf) !== undefined).length;

/** Each way to fail that a vendor has, at a path where it would lose something; ordered beside what the schedule draws. */
const ordered: Readonly<Record<SourceName, readonly [path: RegExp, kinds: readonly FaultKind[]]>> = {
  okta: [/\/logs/, ['busy', 'error500', 'error503', 'truncated', 'slow']],
  intune: [/managedDevices$/, ['busy', 'error500', 'error503', 'truncated', 'expired', 'slow']],
  jamf: [/inventory/, ['busy', 'error500', 'error503', 'truncated', 'expired', 'slow']],
  elasticsearch: [/_search$/, ['busy', 'error503', 'truncated', 'partial', 'timed-out', 'slow']],
  jira: [/search\/jql$/, ['busy', 'error500', 'error503', 'truncated', 'slow']],
};

/** Syncs all streams of a source; waiting moves the one clock that vendor and connector share. */
async function sync(t: TestContext, source: SourceName) {
  const clock = fixedClock(asOf);
  const faults = { rate: 0.1, childRate: 0.02, slowMs: 1 };
  const vendors = createVendors(world, { now: clock, rateClock: clock, limits: 'strict', faults });
  const origin = await listen(t, (request, response) => {
    if (!vendors.handle(request, response)) response.writeHead(404).end();
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'vendors-'));
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  t.after(() => {
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const lake = openTenantLake(createFolderStore(path.join(folder, 'lake')), engine, tenant, clock);
  const urls = vendorUrls(origin, tenant);
  const { okta, intune, jamf, elasticsearch, jira } = vendors.credentials(tenant);
  const settings: Readonly<Record<SourceName, unknown>> = {
    okta: { url: urls.okta, token: okta.token },
    intune: {
      graphUrl: `${urls.graph}/v1.0`,
      authorityUrl: `${origin}/entra`,
      directoryId: tenant,
      clientId: intune.clientId,
      clientSecret: intune.clientSecret,
    },
    jamf: { url: urls.jamf, clientId: jamf.clientId, clientSecret: jamf.clientSecret },
    elasticsearch: { url: urls.elasticsearch, apiKey: elasticsearch.encoded, lagMs: 0 },
    jira: { url: urls.jira, email: jira.email, apiToken: jira.apiToken },
  };
  const sleep = async (ms: number) => clock.set(new Date(clock().getTime() + ms));
  const served = vendors.server(source, tenant);
  const [at, kinds] = ordered[source];
  for (const kind of kinds) served?.inject(kind, 1, at);
  const connector = connectors.find((one) => one.source === source);
  assert.ok(connector);
  const streams = await connector.open(settings[source], {
    web: createWeb({ networks: thisMachine }),
    now: clock,
    sleep,
  });
  const needs = {
    lake,
    engine,
    source,
    orgId: tenantWorld.orgId,
    ownerOf: () => undefined,
    run: 'run-1',
    now: clock,
    sleep,
    observe: () => {},
    random: () => 0.5,
  };
  const report = await syncSource(needs, streams);
  assert.deepEqual(report.failed, []);
  assert.deepEqual(
    kinds.filter((kind) => !served?.faults()[kind]),
    [],
    'every fault of this vendor was met',
  );
  assert.equal(served?.violations(), 0, 'no request came too early or too fast');
  const count = async (name: string) => {
    const stream = connector.streams.find((one) => one.name === name);
    assert.ok(stream, `${source} has a stream ${name}`);
    const { sql } = await bronzeTable(lake, source, stream).scan();
    const [row] = await engine.query(`select count(distinct _key)::integer as n from (${sql}) where not _deleted`);
    return row?.n;
  };
  return { count };
}

test('Okta at half of a bucket a minute', async (t) => {
  const { count } = await sync(t, 'okta');
  assert.equal(await count('users'), standing(tenantWorld.okta.users));
  assert.equal(await count('log'), distinctUuids());
});

function distinctUuids(): number {
  const { log } = tenantWorld.okta;
  return new Set(Array.from({ length: log.length }, (_, i) => (JSON.parse(log.json(i)) as { uuid: string }).uuid)).size;
}

test('Intune', async (t) => {
  const { count } = await sync(t, 'intune');
  assert.equal(await count('managed_devices'), standing(tenantWorld.intune.devices));
  assert.equal(await count('users'), standing(tenantWorld.intune.users));
});

test('Jamf Pro with one-minute tokens', async (t) => {
  const { count } = await sync(t, 'jamf');
  assert.equal(await count('computers'), standing(tenantWorld.jamf.computers));
  assert.equal(await count('mobile_devices'), standing(tenantWorld.jamf.mobileDevices));
});

test('Elasticsearch', async (t) => {
  const { count } = await sync(t, 'elasticsearch');
  const { documents } = tenantWorld.elasticsearch;
  const texts = Array.from({ length: documents.length }, (_, i) => documents.json(i));
  const signIns = texts.filter((text) => /"category":(\[?"authentication")/.test(text));
  assert.ok(signIns.length > 100 && signIns.length < documents.length);
  assert.equal(await count('auth_logs'), signIns.length);
});

test('Jira', async (t) => {
  const { count } = await sync(t, 'jira');
  assert.equal(await count('issues'), standing(tenantWorld.jira.issues));
  assert.equal(await count('issue_ids'), standing(tenantWorld.jira.issues));
});
