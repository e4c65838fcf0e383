// Recorded payloads instead of invented ones: the same endpoints, the recorded objects.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { replayWorld } from '@tessera/demo';
import { ask, nextLink, serveVendor } from './serve.ts';
import { asOf, daysBefore, smallWorld } from './small-world.ts';

const world = { seed: 1, asOf: new Date(asOf), tenants: [smallWorld()] };

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'replay-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}
const event = (uuid: string, published: string) => ({ uuid, published, eventType: 'user.session.start' });

test('bodies, exchanges and lines of objects are served by the endpoint of their stream', async (t) => {
  const page = { value: [{ id: 'd1', deviceName: 'A', complianceState: 'compliant' }] };
  const exchange = {
    request: { method: 'GET', url: 'https://graph.microsoft.com/v1.0/deviceManagement/managedDevices' },
    response: { status: 200, headers: {}, body: { value: [{ deviceName: 'no id', serialNumber: 'S' }] } },
  };
  const refusal = { request: { method: 'GET', url: '/' }, response: { status: 500, body: page } };
  const folder = folderWith(t, {
    'okta/logs.ndjson': `${JSON.stringify(event('a', '2022-06-23T01:05:02.265Z'))}\n${JSON.stringify(event('b', '2021-01-01T00:00:00Z'))}\n`,
    'intune/one.json': JSON.stringify(page),
    'intune/two.json': JSON.stringify([exchange, refusal]),
    'intune/token.json': JSON.stringify({ access_token: 'x' }),
  });
  const { world: recorded, unserved } = replayWorld(world, folder);
  const [tenant] = recorded.tenants;
  assert.equal(tenant?.intune.devices.length, 2);
  assert.deepEqual(unserved, { 'intune/token.json': 1 });
  assert.equal(tenant?.timeZone, 'America/New_York', 'the tenant is still the demo’s');

  const { origin, credentials } = await serveVendor(t, 'okta', {}, tenant);
  const headers = { authorization: `SSWS ${credentials.okta.token}` };
  const first = await ask(`${origin}/api/v1/logs?since=${daysBefore(180)}&limit=1`, { headers });
  const second = await ask(nextLink(first.headers) ?? '', { headers });
  assert.deepEqual(
    [first.body, second.body],
    [[event('a', '2022-06-23T01:05:02.265Z')], [event('b', '2021-01-01T00:00:00Z')]],
  );
});

test('a tenant with a folder of its own gets only that', (t) => {
  const folder = folderWith(t, {
    'okta/logs.ndjson': JSON.stringify(event('shared', asOf)),
    'acme-corp/okta/logs.ndjson': JSON.stringify(event('own', asOf)),
  });
  const log = replayWorld(world, folder).world.tenants[0]?.okta.log;
  assert.deepEqual([log?.length, log?.json(0)], [1, JSON.stringify(event('own', asOf))]);
});

test('records without an id are paged through without end or loss, and a repeated id is a later version', async (t) => {
  const devices = [
    { deviceName: 'x', serialNumber: '1' },
    { deviceName: 'y', serialNumber: '2' },
    { id: 'z', deviceName: 'old', serialNumber: '3' },
    { id: 'z', deviceName: 'z', serialNumber: '3' },
  ];
  const { world: recorded } = replayWorld(world, folderWith(t, { 'intune/d.json': JSON.stringify(devices) }));
  const { origin, credentials } = await serveVendor(t, 'intune', {}, recorded.tenants[0]);
  const { clientId, clientSecret } = credentials.intune;
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'x/.default',
  };
  const token = (await ask(`${origin}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) }))
    .body as { access_token: string };
  const names: string[] = [];
  let url: string | undefined = `${origin}/v1.0/deviceManagement/managedDevices?$top=1`;
  while (url && names.length < 10) {
    const page = (await ask(url, { headers: { authorization: `Bearer ${token.access_token}` } })).body as {
      value: { deviceName: string }[];
      '@odata.nextLink'?: string;
    };
    names.push(...page.value.map(({ deviceName }) => deviceName));
    url = page['@odata.nextLink'];
  }
  assert.deepEqual(names, ['x', 'y', 'z']);
});

test('a file that is no JSON and a folder of something else are refused by name', (t) => {
  assert.throws(() => replayWorld(world, folderWith(t, { 'okta/logs.ndjson': '{}\n{oops' })), {
    code: 'REPLAY_UNREADABLE',
    message: /logs\.ndjson, line 2/,
  });
  assert.throws(() => replayWorld(world, folderWith(t, { 'x.json': '{}' })), { code: 'REPLAY_UNREADABLE' });
});

const payloads = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'payloads');
test('what others recorded is found stream by stream', {
  skip: existsSync(payloads) ? false : 'skipped: ../shared/payloads is not there',
}, () => {
  const { okta, intune, jamf, elasticsearch, jira } = replayWorld(world, payloads).world.tenants[0]!;
  const sizes = {
    okta: [okta.users.length, okta.log.length, [...okta.factors.values()].flat().length],
    intune: [intune.devices.length, intune.policies.length, intune.users.length],
    jamf: [jamf.computers.length, jamf.mobileDevices.length],
    elasticsearch: [elasticsearch.documents.length],
    jira: [
      jira.issues.length,
      [...jira.changelogs.values()].flat().length,
      jira.projects.length,
      jira.users.length,
      jira.statuses.length,
    ],
  };
  assert.deepEqual(sizes, {
    okta: [21, 31, 8],
    intune: [6, 2, 4],
    jamf: [4, 1],
    elasticsearch: [64],
    jira: [44, 552, 10, 33, 53],
  });
});
