// What is peculiar to Okta: every trap of its APIs that we know of.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { defineConnector } from '../define-connector.ts';
import { readPages, type StubAnswer, type StubCall, stubVendor } from '../stub-vendor.ts';
import { syncSource } from '../sync-source.ts';
import { testLake } from '../test-lake.ts';
import { connectOkta } from './client.ts';
import { factors } from './factors.ts';
import { groupMembers } from './group-members.ts';
import { healthyOkta, oktaEvent, oktaFactor, oktaToken, oktaUser } from './healthy-okta.ts';
import { okta } from './index.ts';
import { log } from './log.ts';
import { nextLink } from './next-link.ts';
import { users } from './users.ts';

async function organisation(
  t: TestContext,
  answer: (call: StubCall, url: string) => StubAnswer,
  now = fixedClock('2026-01-01T00:00:00Z'),
) {
  const vendor = await stubVendor(t, answer);
  const slept: number[] = [];
  const settings = okta.settings.parse({ url: vendor.url, token: oktaToken });
  const client = await connectOkta({ settings, web: vendor.web, now, sleep: async (ms) => void slept.push(ms) });
  return { client, calls: vendor.calls, url: vendor.url, slept };
}
const linkTo = (url: string, path: string) => ({ link: `<${url}${path}>; rel="next"` });

test('the polling log has a next link on an empty page too: it ends the run and is followed by the next one (attack 140)', async (t) => {
  const { client, calls } = await organisation(t, (call, url) => ({
    body: call.url.searchParams.get('after') === '2' ? [] : [oktaEvent('e1')],
    headers: linkTo(url, '/api/v1/logs?since=x&after=2'),
  }));
  const first = await readPages(log, client);
  assert.deepEqual(
    first.map((page) => page.records),
    [1, 0],
  );
  await readPages(log, client, { cursor: first.at(-1)?.cursor });
  assert.equal(calls.at(-1)?.path, '/api/v1/logs?since=x&after=2');
  assert.equal(calls.length, 3);
});

test('the log is polled: ascending, without until, so that events stored late are not missed', async (t) => {
  const { client, calls } = await organisation(t, (_, url) => ({ body: [], headers: linkTo(url, '/x') }));
  await readPages(log, client);
  const query = calls[0]?.url.searchParams;
  assert.equal(query?.get('sortOrder'), 'ASCENDING');
  assert.equal(query?.has('until'), false);
  assert.equal(query?.get('since'), '2025-07-05T00:00:00.000Z');
});

test('the checkpoint is the whole next link, which may carry both since and after', async (t) => {
  const path = '/api/v1/logs?since=2025-12-01T00%3A00%3A00.000Z&filter=a+eq+%22b%22&after=1658862453660_1';
  const { client } = await organisation(t, (_, url) => ({ body: [oktaEvent('e1')], headers: linkTo(url, path) }));
  const [page] = await readPages(log, client, { stopAfter: 1 });
  assert.match(JSON.stringify(page?.cursor), /since=2025.*after=1658862453660_1/);
});

test('events out of order by published are all kept, and the checkpoint does not depend on it', async (t) => {
  const lake = await testLake(t);
  const vendor = await stubVendor(t, healthyOkta);
  const streams = await defineConnector(okta).open(
    { url: vendor.url, token: oktaToken },
    { web: vendor.web, now: lake.now, sleep: async () => {} },
  );
  await syncSource(lake.needs('okta', 'run-1'), streams);
  const rows = await lake.rows('okta', log, 'select uuid, published from bronze order by uuid');
  assert.deepEqual(rows, [
    { uuid: 'e1', published: '2025-12-30T10:00:00.000Z' },
    { uuid: 'e2', published: '2025-12-30T10:00:00.000Z' },
    { uuid: 'e3', published: '2025-12-29T10:00:00.000Z' },
  ]);
});

test('a link that Okta no longer takes, older than 180 days, is replaced by a start a day before the newest event', async (t) => {
  const { client, calls } = await organisation(t, (call, url) =>
    call.path.includes('after=old')
      ? { status: 400, body: { errorCode: 'E0000053', errorSummary: 'over 180 days prior' } }
      : { body: [], headers: linkTo(url, '/api/v1/logs?after=new') },
  );
  const cursor = { next: '/api/v1/logs?after=old', published: '2025-12-20T00:00:00.000Z' };
  const pages = await readPages(log, client, { cursor });
  assert.equal(calls[1]?.url.searchParams.get('since'), '2025-12-19T00:00:00.000Z');
  assert.match(JSON.stringify(pages.at(-1)?.cursor), /after=new/);
});

test('a first start that Okta finds too far back by its own clock is tried an hour later', async (t) => {
  const { client, calls } = await organisation(t, (call, url) =>
    call.url.searchParams.get('since') === '2025-07-05T00:00:00.000Z'
      ? { status: 400, body: { errorCode: 'E0000053' } }
      : { body: [], headers: linkTo(url, '/x') },
  );
  await readPages(log, client);
  assert.equal(calls[1]?.url.searchParams.get('since'), '2025-07-05T01:00:00.000Z');
});

test('a busy log ends a run when pages come short twice: it does not chase live events for ever', async (t) => {
  let n = 0;
  const { client, calls } = await organisation(t, (_, url) => ({
    body: [oktaEvent(`e${++n}`)],
    headers: linkTo(url, `/api/v1/logs?after=${n}`),
  }));
  await readPages(log, client);
  assert.equal(calls.length, 2);
});

test('Link headers are read in one line or several, in any order, with commas inside the URL', () => {
  const next = '<https://o.example/api/v1/logs?after=a,b;c>; rel="next"';
  const self = '<https://o.example/api/v1/logs>; rel="self"';
  for (const header of [`${self}, ${next}`, `${next}, ${self}`, `${self},${next}`, next.replace('"next"', 'next')]) {
    assert.equal(nextLink(header), 'https://o.example/api/v1/logs?after=a,b;c', header);
  }
  for (const header of [null, '', self, '<https://o.example/x>; title="rel=next"'])
    assert.equal(nextLink(header), undefined);
});

test('separate Link header lines are joined by fetch and read alike', async (t) => {
  const { client } = await organisation(t, () => ({
    body: [],
    headers: { link: ['<http://a/self>; rel="self"', '<http://a/next>; rel="next"'] as unknown as string },
  }));
  const page = await client.page('/api/v1/users', { stream: 'users' });
  assert.equal(page.next, 'http://a/next');
});

test('a next link to another host is refused before the token goes there (attack 140)', async (t) => {
  const elsewhere = await stubVendor(t, () => ({ body: [] }));
  const { client } = await organisation(t, () => ({
    body: [oktaEvent('e1')],
    headers: linkTo(elsewhere.url, '/api/v1/logs'),
  }));
  await assert.rejects(readPages(log, client), { code: 'PAGE_MALFORMED' });
  assert.equal(elsewhere.calls.length, 0);
});

test('429 has no Retry-After: the wait is X-Rate-Limit-Reset minus the Date header and a second', async (t) => {
  const headers = {
    date: 'Thu, 01 Jan 2026 08:00:00 GMT',
    'x-rate-limit-limit': '60',
    'x-rate-limit-remaining': '0',
    'x-rate-limit-reset': '1767254420',
  };
  const { client } = await organisation(t, () => ({ status: 429, headers, body: { errorCode: 'E0000047' } }));
  await assert.rejects(readPages(users, client), { code: 'VENDOR_BUSY', params: { source: 'okta', waitMs: 21_000 } });
});

test('a concurrency limit, limit and remaining both 0, is no budget: a second and the back-off', async (t) => {
  const headers = { 'x-rate-limit-limit': '0', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1999999999' };
  const { client, slept } = await organisation(t, () => ({ status: 429, headers, body: { errorCode: 'E0000047' } }));
  for (let i = 0; i < 2; i++)
    await assert.rejects(readPages(users, client), { code: 'VENDOR_BUSY', params: { source: 'okta', waitMs: 1000 } });
  assert.deepEqual(slept, []);
});

test('the last tenth of a bucket is left alone: the next call waits for its reset, calls of other buckets do not', async (t) => {
  const headers = {
    date: 'Thu, 01 Jan 2026 00:00:00 GMT',
    'x-rate-limit-limit': '60',
    'x-rate-limit-remaining': '6',
    'x-rate-limit-reset': '1767225630',
  };
  const { client, slept } = await organisation(t, (call) => ({
    body: [],
    ...(call.path.startsWith('/api/v1/users') ? { headers } : {}),
  }));
  await client.page('/api/v1/users?limit=1', { stream: 'users' });
  await client.page('/api/v1/groups?limit=1', { stream: 'groups' });
  assert.deepEqual(slept, []);
  await client.page('/api/v1/users?limit=1', { stream: 'users' });
  assert.deepEqual(slept, [31_000]);
});

test('DEPROVISIONED users are left out of a plain listing, so users are listed by a filter', async (t) => {
  const { client, calls } = await organisation(t, (call) => ({
    body: call.url.searchParams.has('filter')
      ? [oktaUser('u1'), oktaUser('u2', { status: 'DEPROVISIONED' })]
      : [oktaUser('u1')],
  }));
  const [page] = await readPages(users, client);
  assert.equal(page?.records, 2);
  assert.equal(calls[0]?.url.searchParams.get('filter'), 'lastUpdated gt "1970-01-01T00:00:00.000Z"');
  assert.equal(calls[0]?.url.searchParams.has('search'), false);
});

test('the second run asks for what was updated since, five minutes back, and does not take silence for deletion', async (t) => {
  const { client, calls } = await organisation(t, () => ({ body: [oktaUser('u1')] }));
  const [first] = await readPages(users, client);
  assert.equal(first?.full, true);
  const [second] = await readPages(users, client, { cursor: first?.cursor });
  assert.equal(calls[1]?.url.searchParams.get('filter'), 'lastUpdated gt "2025-05-31T23:55:00.000Z"');
  assert.equal(second?.full, undefined);
});

test('a user deleted for good is in no list of changes: the weekly census finds out', async (t) => {
  const lake = await testLake(t);
  let listed = [oktaUser('u1'), oktaUser('u2')];
  const vendor = await stubVendor(t, (call, url) =>
    call.url.pathname === '/api/v1/users' ? { body: listed } : healthyOkta(call, url),
  );
  const streams = await defineConnector(okta).open(
    { url: vendor.url, token: oktaToken },
    { web: vendor.web, now: lake.now, sleep: async () => {} },
  );
  const live = () =>
    lake.rows(
      'okta',
      users,
      'select _key, arg_max(_deleted, ingest_at) as gone from bronze group by _key order by _key',
    );
  await syncSource(lake.needs('okta', 'run-1'), streams);
  listed = [oktaUser('u1')];
  lake.now.set('2026-01-02T00:00:00Z');
  await syncSource(lake.needs('okta', 'run-2'), streams);
  assert.deepEqual(await live(), [
    { _key: 'u1', gone: false },
    { _key: 'u2', gone: false },
  ]);
  lake.now.set('2026-01-09T00:00:00Z');
  await syncSource(lake.needs('okta', 'run-3'), streams);
  assert.deepEqual(await live(), [
    { _key: 'u1', gone: false },
    { _key: 'u2', gone: true },
  ]);
});

test('factors are asked for users that are new, changed, or named by a factor event, and for nobody else', async (t) => {
  const lake = await testLake(t);
  const events = [oktaEvent('e1')];
  let listed = [oktaUser('u1'), oktaUser('u2'), oktaUser('u3')];
  let enrolled = [oktaFactor('f1'), oktaFactor('f2')];
  const vendor = await stubVendor(t, (call, url) => {
    const path = call.url.pathname;
    if (path === '/api/v1/users') return { body: listed };
    if (path.endsWith('/factors')) return { body: path.includes('u2') ? enrolled : [] };
    if (path !== '/api/v1/logs') return { body: [] };
    const after = Number(call.url.searchParams.get('after') ?? 0);
    return { body: events.slice(after), headers: linkTo(url, `/api/v1/logs?after=${events.length}`) };
  });
  const streams = await defineConnector(okta).open(
    { url: vendor.url, token: oktaToken },
    { web: vendor.web, now: lake.now, sleep: async () => {} },
  );
  const asked = async (run: string) => {
    vendor.calls.length = 0;
    const report = await syncSource(lake.needs('okta', run), streams);
    assert.deepEqual(report.failed, []);
    return vendor.calls.flatMap((call) => /users\/(\w+)\/factors/.exec(call.path)?.[1] ?? []);
  };
  assert.deepEqual(await asked('run-1'), ['u1', 'u2', 'u3']);
  assert.deepEqual(await asked('run-2'), []);
  listed = [oktaUser('u3', { status: 'SUSPENDED', lastUpdated: '2025-12-01T00:00:00.000Z' })];
  lake.now.set('2026-01-01T01:00:00Z');
  assert.deepEqual(await asked('run-3'), ['u3']);
  enrolled = [oktaFactor('f1')];
  events.push(
    oktaEvent('e2', {
      eventType: 'user.mfa.factor.deactivate',
      target: [
        { type: 'AppInstance', id: 'a1' },
        { type: 'User', id: 'u2' },
      ],
    }),
  );
  lake.now.set('2026-01-01T02:00:00Z');
  assert.deepEqual(await asked('run-4'), ['u2']);
  assert.deepEqual(await asked('run-5'), []);
  const rows = await lake.rows('okta', factors, 'select _key, _deleted from bronze order by ingest_at, _key');
  assert.deepEqual(rows, [
    { _key: 'u2|f1', _deleted: false },
    { _key: 'u2|f2', _deleted: false },
    { _key: 'u2|f2', _deleted: true },
  ]);
});

test('a user who is gone when his factors are asked for (404) is passed over', async (t) => {
  const { client } = await organisation(t, (call) =>
    call.path.includes('gone') ? { status: 404, body: { errorCode: 'E0000007' } } : { body: [oktaFactor('f1')] },
  );
  const pages = await readPages(factors, client, { parents: ['gone', 'u1'] });
  assert.deepEqual(
    pages.map((page) => page.parent),
    ['u1'],
  );
});

test('a group of several pages yields all of them under the group', async (t) => {
  const { client } = await organisation(t, (call, url) =>
    call.url.searchParams.has('after')
      ? { body: [oktaUser('u2')] }
      : { body: [oktaUser('u1')], headers: linkTo(url, '/api/v1/groups/g1/users?after=x') },
  );
  const pages = await readPages(groupMembers, client, { parents: ['g1'] });
  assert.deepEqual(
    pages.map((page) => [page.parent, page.records]),
    [
      ['g1', 1],
      ['g1', 1],
    ],
  );
});

test('odd shapes land: client.zone is the text "null", targets and addresses are null, debug data has no factor', async (t) => {
  const lake = await testLake(t);
  const vendor = await stubVendor(t, healthyOkta);
  const streams = await defineConnector(okta).open(
    { url: vendor.url, token: oktaToken },
    { web: vendor.web, now: lake.now, sleep: async () => {} },
  );
  await syncSource(lake.needs('okta', 'run-1'), streams);
  const [row] = await lake.rows(
    'okta',
    log,
    "select client_zone, client_ip, targets, external_session_id, factor from bronze where uuid = 'e1'",
  );
  assert.deepEqual(row, {
    client_zone: null,
    client_ip: null,
    targets: null,
    external_session_id: null,
    factor: null,
  });
});

test('500 E0000009, a query that took over 30 s, is tried again', async (t) => {
  const { client } = await organisation(t, () => ({ status: 500, body: { errorCode: 'E0000009' } }));
  await assert.rejects(readPages(log, client), { code: 'VENDOR_UNAVAILABLE', retry: true });
});

// A service app proves itself by a signed assertion and gets access tokens whose scopes it is told.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'key-1' });

async function serviceApp(
  t: TestContext,
  scope: string,
  answer: (call: StubCall) => StubAnswer = () => ({ body: [] }),
) {
  let issued = 0;
  const vendor = await stubVendor(t, (call) =>
    call.path === '/oauth2/v1/token'
      ? { body: { token_type: 'Bearer', expires_in: 3600, access_token: `access-${++issued}`, scope } }
      : answer(call),
  );
  const settings = okta.settings.parse({ url: vendor.url, clientId: '0oa1', privateKeyJwk: jwk });
  const connect = () =>
    connectOkta({ settings, web: vendor.web, now: fixedClock('2026-01-01T00:00:00Z'), sleep: async () => {} });
  return { connect, calls: vendor.calls, url: vendor.url };
}

test('a service app signs in by private_key_jwt for exactly the scopes that are needed', async (t) => {
  const { connect, calls, url } = await serviceApp(t, okta.scopes.join(' '));
  await connect();
  const form = new URLSearchParams(calls[0]?.body);
  assert.equal(form.get('scope'), 'okta.logs.read okta.users.read okta.groups.read');
  const assertion = form.get('client_assertion') ?? '';
  assert.deepEqual(decodeProtectedHeader(assertion), { alg: 'RS256', kid: 'key-1' });
  const { iss, sub, aud } = decodeJwt(assertion);
  assert.deepEqual({ iss, sub, aud }, { iss: '0oa1', sub: '0oa1', aud: `${url}/oauth2/v1/token` });
});

test('a service app with more scopes than needed is refused by name', async (t) => {
  const { connect } = await serviceApp(t, `${okta.scopes.join(' ')} okta.users.manage okta.apps.manage`);
  await assert.rejects(connect(), {
    code: 'SOURCE_OVERSCOPED',
    params: { source: 'okta', scopes: 'okta.apps.manage, okta.users.manage' },
  });
});

test('an access token that is refused on the way is renewed once', async (t) => {
  const { connect, calls } = await serviceApp(t, okta.scopes.join(' '), (call) =>
    call.headers.authorization === 'Bearer access-1'
      ? { status: 401, body: { errorCode: 'E0000011' } }
      : { body: [oktaUser('u1')] },
  );
  const client = await connect();
  const [page] = await readPages(users, client);
  assert.equal(page?.records, 1);
  assert.equal(calls.filter((call) => call.path === '/oauth2/v1/token').length, 2);
});

test('a wrong private key is refused without a word of it', async (t) => {
  const vendor = await stubVendor(t, () => ({ body: [] }));
  const settings = okta.settings.parse({
    url: vendor.url,
    clientId: '0oa1',
    privateKeyJwk: '{"kty":"RSA","d":"s3cret"}',
  });
  const needs = { settings, web: vendor.web, now: fixedClock('2026-01-01T00:00:00Z'), sleep: async () => {} };
  await assert.rejects(connectOkta(needs), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'SOURCE_SETTINGS_INVALID');
    assert.doesNotMatch(`${error.stack}${error.cause}`, /s3cret/);
    return true;
  });
});
