// What the vendors do not say aloud: how deletions and moves reach bronze, from real HTTP to real Delta tables.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SourceName } from '@tessera/base';
import { defineConnector, type SourceConnector } from './define-connector.ts';
import { intune } from './intune/index.ts';
import { jamf } from './jamf/index.ts';
import { jira } from './jira/index.ts';
import { type StubAnswer, type StubCall, stubVendor } from './stub-vendor.ts';
import { type SourceReport, syncSource } from './sync-source.ts';
import { type TestLake, testLake } from './test-lake.ts';

interface Site {
  readonly lake: TestLake;
  readonly calls: StubCall[];
  /** One run of all of the source's streams. */
  sync(run: string): Promise<SourceReport>;
  /** Live keys of a stream by their newest version. */
  live(stream: string): Promise<readonly string[]>;
}

async function connected(
  t: TestContext,
  connector: SourceConnector,
  settings: (url: string) => unknown,
  answer: (call: StubCall, url: string) => StubAnswer,
): Promise<Site> {
  const vendor = await stubVendor(t, answer);
  const lake = await testLake(t);
  const source: SourceName = connector.source;
  return {
    lake,
    calls: vendor.calls,
    async sync(run) {
      lake.now.set(new Date(lake.now().getTime() + 3600_000));
      const needs = lake.needs(source, run);
      const streams = await connector.open(settings(vendor.url), {
        web: vendor.web,
        now: lake.now,
        sleep: needs.sleep,
      });
      return syncSource(needs, streams);
    },
    async live(name) {
      const stream = connector.streams.find((one) => one.name === name);
      assert.ok(stream);
      const newest = `select _key from bronze qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and not _deleted order by _key`;
      return (await lake.rows(source, stream, newest)).map((row) => String(row._key));
    },
  };
}

test('Entra: a removal in a delta, and one that only a complete listing after a 410 can show', async (t) => {
  let present = ['a', 'b', 'c'];
  let removed: string[] = [];
  let forgotten = false;
  const site = await connected(
    t,
    defineConnector(intune),
    (url) => ({ graphUrl: `${url}/v1.0`, authorityUrl: url, directoryId: 'd', clientId: 'c', clientSecret: 's' }),
    (call, url) => {
      if (call.path.endsWith('/token')) return { body: { access_token: 'opaque', expires_in: 3599 } };
      if (!call.path.includes('/users/delta')) return { body: { value: [] } };
      const delta = { '@odata.deltaLink': `${url}/v1.0/users/delta?$deltatoken=x` };
      if (!call.path.includes('deltatoken')) return { body: { value: present.map((id) => ({ id })), ...delta } };
      if (forgotten) return { status: 410, body: { error: { code: 'syncStateNotFound' } } };
      return { body: { value: removed.map((id) => ({ id, '@removed': { reason: 'deleted' } })), ...delta } };
    },
  );
  await site.sync('run-1');
  assert.deepEqual(await site.live('users'), ['a', 'b', 'c']);
  removed = ['b', 'never-seen'];
  await site.sync('run-2');
  assert.deepEqual(await site.live('users'), ['a', 'c']);
  forgotten = true;
  present = ['a', 'd'];
  const report = await site.sync('run-3');
  assert.deepEqual(report.failed, []);
  assert.deepEqual(await site.live('users'), ['a', 'd']);
});

test('Intune: policies of a device are asked again when its compliance changes, not when it checks in', async (t) => {
  let device = { id: 'd1', complianceState: 'compliant', lastSyncDateTime: '2026-01-01T00:00:00Z' };
  let states: object[] = [];
  const site = await connected(
    t,
    defineConnector(intune),
    (url) => ({ graphUrl: `${url}/v1.0`, authorityUrl: url, directoryId: 'd', clientId: 'c', clientSecret: 's' }),
    (call, url) => {
      if (call.path.endsWith('/token')) return { body: { access_token: 'opaque', expires_in: 3599 } };
      if (call.path.includes('/users/delta'))
        return { body: { value: [], '@odata.deltaLink': `${url}/v1.0/users/delta?$deltatoken=x` } };
      if (call.path.endsWith('PolicyStates')) return { body: { value: states } };
      return { body: { value: call.path.endsWith('managedDevices') ? [device] : [] } };
    },
  );
  const asked = () => site.calls.filter((call) => call.path.endsWith('PolicyStates')).length;
  states = [{ id: 'p1' }, { id: 'p2' }];
  await site.sync('run-1');
  device = { ...device, lastSyncDateTime: '2026-01-02T00:00:00Z' };
  await site.sync('run-2');
  assert.equal(asked(), 1);
  device = { ...device, complianceState: 'noncompliant' };
  states = [{ id: 'p2' }];
  await site.sync('run-3');
  assert.equal(asked(), 2);
  assert.deepEqual(await site.live('device_policy_states'), ['d1|p2']);
});

test('Jamf: a listing that never stands still deletes nothing; the next one that does, deletes what is gone', async (t) => {
  let fleet = ['1', '2', '3'];
  let shaky = false;
  let calls = 0;
  const site = await connected(
    t,
    defineConnector(jamf),
    (url) => ({ url, clientId: 'c', clientSecret: 's' }),
    (call) => {
      if (call.path.includes('/token')) return { body: { access_token: 'opaque', expires_in: 60 } };
      if (call.path === '/api/v1/auth') return { status: 404, body: {} };
      return { body: { totalCount: fleet.length + (shaky ? 1 + calls++ : 0), results: fleet.map((id) => ({ id })) } };
    },
  );
  await site.sync('run-1');
  fleet = ['1', '3'];
  shaky = true;
  const report = await site.sync('run-2');
  assert.ok(report.failed.some(({ stream, fault }) => stream === 'computers' && fault.code === 'LISTING_UNSTABLE'));
  assert.deepEqual(await site.live('computers'), ['1', '2', '3']);
  shaky = false;
  assert.deepEqual((await site.sync('run-3')).failed, []);
  assert.deepEqual(await site.live('computers'), ['1', '3']);
});

test('Jira: the census finds what was deleted, a move keeps the id, and a history is read once', async (t) => {
  const time = (hour: number) => `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000+0530`;
  let issues = [1, 2, 3].map((n) => ({
    id: `1000${n}`,
    key: `OPS-${n}`,
    fields: { created: time(1), updated: time(n) },
  }));
  const history = (id: string) => ({ id, created: time(4), items: [{ field: 'status', from: '1', to: '3' }] });
  let histories = [history('h1')];
  const site = await connected(
    t,
    defineConnector(jira),
    (url) => ({ url, email: 'reader@acme.example', apiToken: 's' }),
    (call) => {
      if (call.path.endsWith('/myself')) return { body: { accountId: 'me' } };
      if (call.path.includes('/mypermissions')) return { status: 404, body: {} };
      if (call.path.endsWith('/search/jql')) return { body: { issues } };
      if (call.path.endsWith('/bulkfetch')) {
        const ids = (JSON.parse(call.body) as { issueIdsOrKeys: string[] }).issueIdsOrKeys;
        return { body: { issueChangeLogs: ids.map((issueId) => ({ issueId, changeHistories: histories })) } };
      }
      return { body: call.path.includes('/project/') ? { values: [], total: 0, isLast: true } : [] };
    },
  );
  assert.deepEqual((await site.sync('run-1')).failed, []);
  assert.equal((await site.live('changelogs')).length, 3);
  histories = [...histories, history('h2')];
  issues = issues
    .slice(1)
    .map((issue) =>
      issue.id === '10002' ? { ...issue, key: 'NEW-7', fields: { ...issue.fields, updated: time(9) } } : issue,
    );
  const second = await site.sync('run-2');
  assert.deepEqual(await site.live('issue_ids'), ['10002', '10003']);
  assert.deepEqual(await site.live('issues'), ['10001', '10002', '10003'], 'a search never tells of a deletion');
  const bulk = site.calls.filter((call) => call.path.endsWith('/bulkfetch')).at(-1);
  assert.deepEqual((JSON.parse(bulk?.body ?? '{}') as { issueIdsOrKeys: string[] }).issueIdsOrKeys, ['10002']);
  assert.equal(second.streams.find(({ stream }) => stream === 'changelogs')?.rows, 1);
  const third = await site.sync('run-3');
  assert.ok(third.streams.every(({ rows }) => rows === 0));
});
