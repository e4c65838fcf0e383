// Okta's habits, as its documentation and captured exchanges show them.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { demoCredentials } from '@tessera/demo';
import { ask, nextLink, serveVendor } from './serve.ts';
import { asOf, daysBefore, eventLog, smallWorld } from './small-world.ts';

const open = async (
  ...[t, options, world]: [
    Parameters<typeof serveVendor>[0],
    Parameters<typeof serveVendor>[2]?,
    Parameters<typeof serveVendor>[3]?,
  ]
) => {
  const served = await serveVendor(t, 'okta', options, world);
  const headers = { authorization: `SSWS ${served.credentials.okta.token}` };
  return { ...served, get: (path: string) => ask(path.startsWith('http') ? path : served.origin + path, { headers }) };
};
const ids = (body: unknown) => (body as { id: string }[]).map((one) => one.id);
const uuids = (body: unknown) => (body as { uuid: string }[]).map((one) => one.uuid);

test('a polling query has a next link even on an empty page, which repeats the same after, and keeps since beside it', async (t) => {
  const { get } = await open(t);
  const since = daysBefore(30);
  let page = await get(`/api/v1/logs?since=${since}&limit=1000&sortOrder=ASCENDING`);
  const seen = [...uuids(page.body)];
  while (uuids(page.body).length > 0) {
    page = await get(nextLink(page.headers) ?? '');
    seen.push(...uuids(page.body));
  }
  assert.equal(seen.length, 2500);
  const next = new URL(nextLink(page.headers) ?? '');
  assert.equal(next.searchParams.get('since'), since);
  const again = await get(next.href);
  assert.equal(nextLink(again.headers), next.href);
});

test('polling is by time of storage: a late event comes after the cursor, a bounded query asked before has missed it', async (t) => {
  const log = eventLog([
    { persisted: daysBefore(3), json: { uuid: 'a', published: daysBefore(3) } },
    { persisted: daysBefore(1), occurred: daysBefore(4), json: { uuid: 'late', published: daysBefore(4) } },
  ]);
  const { get, clock } = await open(t, {}, smallWorld({ okta: { ...smallWorld().okta, log } }));
  clock.set(daysBefore(2));
  const bounded = `/api/v1/logs?since=${daysBefore(5)}&until=${daysBefore(2)}`;
  assert.deepEqual(uuids((await get(bounded)).body), ['a']);
  const first = await get(`/api/v1/logs?since=${daysBefore(5)}`);
  assert.deepEqual(uuids(first.body), ['a']);
  clock.set(asOf);
  assert.deepEqual(uuids((await get(nextLink(first.headers) ?? '')).body), ['late']);
  assert.deepEqual(uuids((await get(bounded)).body), ['late', 'a']);
});

test('a bounded query ends without a next link', async (t) => {
  const { get } = await open(t);
  let url = `/api/v1/logs?since=${daysBefore(30)}&until=${asOf}&limit=1000`;
  const seen = new Set<string>();
  for (let pages = 0; url && pages < 9; pages++) {
    const page = await get(url);
    for (const uuid of uuids(page.body)) seen.add(uuid);
    url = nextLink(page.headers) ?? '';
  }
  assert.equal(url, '');
  assert.equal(seen.size, 2500);
  const descending = await get(`/api/v1/logs?sortOrder=DESCENDING&limit=2`);
  assert.deepEqual(uuids(descending.body), ['event-2499', 'event-2498']);
});

test('more than 180 days back, a limit above 1000 and a filter on published are refused', async (t) => {
  const { get } = await open(t);
  const code = async (query: string) => ((await get(`/api/v1/logs?${query}`)).body as { errorCode: string }).errorCode;
  assert.equal(await code(`since=${daysBefore(181)}`), 'E0000053');
  assert.equal(await code(`since=${daysBefore(181)}&after=${Date.parse(daysBefore(181))}_0`), 'E0000053');
  assert.equal(await code('limit=1001'), 'E0000001');
  assert.equal(await code(`filter=${encodeURIComponent('published gt "2026-01-01"')}`), 'E0000031');
  assert.equal((await get(`/api/v1/logs?since=${daysBefore(180)}`)).status, 200);
});

test('the log can be filtered and searched', async (t) => {
  const { get } = await open(t);
  const filter = encodeURIComponent('eventType eq "user.session.start" and outcome.result eq "FAILURE"');
  assert.equal(uuids((await get(`/api/v1/logs?limit=1000&filter=${filter}`)).body).length, 500);
  assert.deepEqual(uuids((await get('/api/v1/logs?q=event-17%22')).body), ['event-17']);
});

test('a plain user listing leaves DEPROVISIONED users out; search and filter show them', async (t) => {
  const { get } = await open(t);
  assert.deepEqual(ids((await get('/api/v1/users')).body), ['00u1', '00u2', '00u4']);
  const search = (text: string) => get(`/api/v1/users?search=${encodeURIComponent(text)}`);
  assert.deepEqual(ids((await search('status eq "DEPROVISIONED"')).body), ['00u3']);
  assert.deepEqual(ids((await search('lastUpdated gt "2026-01-02T00:00:00.000Z"')).body), ['00u3', '00u4']);
  assert.deepEqual(ids((await search('lastUpdated ge "2026-01-02T00:00:00.000Z"')).body), ['00u2', '00u3', '00u4']);
  assert.equal((await search('lastUpdated gt')).status, 400);
});

test('users are as of the clock, and their factors and groups follow', async (t) => {
  const { get, clock } = await open(t);
  clock.set(daysBefore(10));
  assert.deepEqual(ids((await get('/api/v1/users')).body), ['00u1', '00u2']);
  assert.deepEqual(ids((await get('/api/v1/groups/00g1/users')).body), ['00u1', '00u2']);
  assert.equal((await get('/api/v1/users/00u4/factors')).status, 404);
  assert.deepEqual(ids((await get('/api/v1/users/ada@acme.example/factors')).body), ['f1']);
  assert.deepEqual((await get('/api/v1/users/00u2/factors')).body, []);
});

test('a wrong token is refused', async (t) => {
  const { origin } = await open(t);
  const wrong = await ask(`${origin}/api/v1/users`, { headers: { authorization: 'SSWS wrong' } });
  assert.equal(wrong.status, 401);
  assert.equal((wrong.body as { errorCode: string }).errorCode, 'E0000011');
});

test('a service app gets a token for its signed assertion, with the scopes it asked for and no others', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const app = { clientId: '0oa1', publicJwk: publicKey.export({ format: 'jwk' }) };
  const credentials = demoCredentials(smallWorld().tenant, 7);
  const { origin } = await open(t, { credentials: { ...credentials, okta: { ...credentials.okta, app } } });
  const issue = async (clientId: string) => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: `${origin}/oauth2/v1/token`,
      exp: Date.parse(asOf) / 1000 + 60,
    };
    const signed = `${part({ alg: 'ES256' })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const form = {
      grant_type: 'client_credentials',
      scope: 'okta.logs.read',
      client_assertion: `${signed}.${signature.toString('base64url')}`,
    };
    return ask(`${origin}/oauth2/v1/token`, { method: 'POST', body: new URLSearchParams(form) });
  };
  assert.equal((await issue('0oa2')).status, 401);
  const { access_token: token, scope } = (await issue('0oa1')).body as { access_token: string; scope: string };
  assert.equal(scope, 'okta.logs.read');
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await ask(`${origin}/api/v1/logs`, { headers })).status, 200);
  assert.equal((await ask(`${origin}/api/v1/users`, { headers })).status, 403);
});

test('the sixty-first log request of a minute gets 429 without Retry-After, and counts as a violation', async (t) => {
  const rateClock = fixedClock(asOf);
  const { get, vendor } = await open(t, { limits: 'strict', rateClock });
  for (let i = 0; i < 60; i++) assert.equal((await get('/api/v1/logs?limit=1')).status, 200);
  assert.equal(vendor.violations(), 0);
  const refused = await get('/api/v1/logs?limit=1');
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), null);
  const wait = Number(refused.headers.get('x-rate-limit-reset')) - Date.parse(refused.headers.get('date') ?? '') / 1000;
  assert.equal(wait, 60);
  assert.equal((refused.body as { errorCode: string }).errorCode, 'E0000047');
  assert.equal((await get('/api/v1/users')).status, 200, 'another bucket is free');
  const sofar = vendor.violations();
  rateClock.set(new Date(Date.parse(asOf) + 60_000));
  assert.equal((await get('/api/v1/logs?limit=1')).status, 200);
  assert.equal(vendor.violations(), sofar);
});

test('thousands of events are served out of kept text without being parsed', async (t) => {
  const text = JSON.stringify({ uuid: 'x', pad: 'y'.repeat(1200) });
  let asked = 0;
  const log = {
    length: 100_000,
    persistedAt: () => Date.parse(daysBefore(1)),
    occurredAt: () => Date.parse(daysBefore(1)),
    json: () => {
      asked++;
      return text;
    },
  };
  const { get } = await open(t, {}, smallWorld({ okta: { ...smallWorld().okta, log } }));
  const page = await get(`/api/v1/logs?since=${daysBefore(2)}&limit=1000`);
  assert.equal(uuids(page.body).length, 1000);
  assert.equal(asked, 1000);
});
