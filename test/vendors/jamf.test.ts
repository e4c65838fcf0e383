// Jamf Pro's habits: sections, versions of the API, RSQL, one-minute tokens, five connections.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { VendorOptions } from '@tessera/demo';
import { ask, serveVendor } from './serve.ts';
import { asOf } from './small-world.ts';

async function open(t: TestContext, options: Partial<VendorOptions> = {}) {
  const served = await serveVendor(t, 'jamf', options);
  const { clientId, clientSecret } = served.credentials.jamf;
  const issue = (path = '/api/v1/oauth/token', secret = clientSecret) =>
    ask(served.origin + path, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret }),
    });
  const token = (await issue()).body as { access_token: string; expires_in: number; scope: string };
  const get = (path: string) =>
    ask(served.origin + path, { headers: { authorization: `Bearer ${token.access_token}` } });
  return { ...served, issue, token, get };
}
type Row = Readonly<Record<string, Readonly<Record<string, unknown>> | null>> & { readonly id: string };
const rows = (got: { readonly body: unknown }) => (got.body as { results: Row[] }).results;
const ids = (got: { readonly body: unknown }) => rows(got).map(({ id }) => id);

test('only GENERAL comes by default; sections not asked for are null', async (t) => {
  const { get } = await open(t);
  const [row] = rows(await get('/api/v4/computers-inventory'));
  assert.equal(row?.general?.name, 'Mac-A');
  assert.equal(row?.hardware, null);
  assert.equal(row?.groupMemberships, null);
  const [both] = rows(await get('/api/v4/computers-inventory?section=HARDWARE&section=SECURITY'));
  assert.equal(both?.general, null);
  assert.equal(both?.security?.gatekeeperStatus, 'APP_STORE');
  assert.equal((await get('/api/v4/computers-inventory?section=NOPE')).status, 400);
});

test('v4 says lastCheckIn and lastContact, older versions lastContactTime', async (t) => {
  const { get } = await open(t);
  const general = async (version: number) => rows(await get(`/api/v${version}/computers-inventory`))[0]?.general ?? {};
  assert.equal((await general(4)).lastCheckIn, '2026-02-28T10:00:00Z');
  assert.ok(!('lastContactTime' in (await general(4))));
  for (const version of [1, 2, 3]) {
    assert.equal((await general(version)).lastContactTime, '2026-02-28T11:00:00Z');
    assert.ok(!('lastCheckIn' in (await general(version))));
  }
});

test('paging counts from 0, sorting takes ids as numbers, totalCount counts what the filter left', async (t) => {
  const { get } = await open(t);
  const list = '/api/v4/computers-inventory?sort=id%3Aasc';
  assert.deepEqual(ids(await get(`${list}&page=0&page-size=2`)), ['1', '2']);
  assert.deepEqual(ids(await get(`${list}&page=1&page-size=2`)), ['10']);
  assert.deepEqual(ids(await get(`${list}&page=2&page-size=2`)), []);
  const filter = encodeURIComponent('general.reportDate>="2026-01-01T00:00:00Z";general.name=="Mac-*"');
  const filtered = await get(`${list}&filter=${filter}`);
  assert.deepEqual(ids(filtered), ['1', '2']);
  assert.equal((filtered.body as { totalCount: number }).totalCount, 2);
  assert.deepEqual(ids(await get(`${list}&filter=${encodeURIComponent('id=in=(2,10),general.name=="Mac-C"')}`)), [
    '1',
    '2',
    '10',
  ]);
  assert.equal((await get(`${list}&filter=${encodeURIComponent('general.name==')}`)).status, 400);
});

test('mobile devices: detail with sections, a short list without', async (t) => {
  const { get } = await open(t);
  const [detail] = rows(
    await get('/api/v2/mobile-devices/detail?section=GENERAL&section=HARDWARE&exception-handling=LENIENT'),
  );
  assert.equal(detail?.hardware?.serialNumber, 'F1');
  assert.equal(detail?.userAndLocation, null);
  assert.deepEqual(ids(await get('/api/v2/mobile-devices')), ['1']);
});

test('a token lives a minute, at either of its endpoints; a user token says when it ends as text', async (t) => {
  const { get, issue, clock, token, origin, credentials } = await open(t);
  assert.equal(token.expires_in, 60);
  assert.equal((await issue('/api/oauth/token')).status, 200);
  assert.equal((await issue('/api/v1/oauth/token', 'wrong')).text, '{"error":"invalid_client"}');
  clock.set(new Date(Date.parse(asOf) + 59_999));
  assert.equal((await get('/api/v1/jamf-pro-version')).status, 200);
  clock.set(new Date(Date.parse(asOf) + 60_000));
  assert.equal((await get('/api/v1/jamf-pro-version')).status, 401);
  const basic = Buffer.from(`${credentials.jamf.username}:${credentials.jamf.password}`).toString('base64');
  const user = await ask(`${origin}/api/v1/auth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
  });
  assert.match((user.body as { expires: string }).expires, /^2026-03-01T00:21:00/);
});

test('privileges show, the over-scoped ones too, and a sticky cookie is set', async (t) => {
  const { get } = await open(t);
  const mine = await get('/api/v1/auth');
  assert.doesNotMatch(mine.text, /Update|Delete/);
  assert.match(mine.headers.get('set-cookie') ?? '', /APBALANCEID/);
  const wide = await open(t, { overScoped: true });
  assert.match((await wide.get('/api/v1/auth')).text, /Update Computers/);
});

test('the sixth request at once is a violation', async (t) => {
  const { get, vendor } = await open(t, { faults: { rate: 0, childRate: 0, slowMs: 200 } });
  vendor.inject('slow', 6);
  await Promise.all(Array.from({ length: 6 }, () => get('/api/v1/jamf-pro-version')));
  assert.equal(vendor.violations(), 1);
});
