// Graph's habits: links, silently ignored filters, delta with removals, tokens that run out.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixedClock } from '@tessera/base';
import type { VendorOptions } from '@tessera/demo';
import { ask, serveVendor } from './serve.ts';
import { asOf, daysBefore } from './small-world.ts';

async function open(t: TestContext, options: Partial<VendorOptions> = {}) {
  const served = await serveVendor(t, 'intune', options);
  const { directory, clientId, clientSecret } = served.credentials.intune;
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: 'https://graph.microsoft.com/.default',
  };
  const issue = (changes: Readonly<Record<string, string>> = {}, path = `/${directory}/oauth2/v2.0/token`) =>
    ask(served.origin + path, { method: 'POST', body: new URLSearchParams({ ...form, ...changes }) });
  const token = (await issue()).body as { access_token: string; expires_in: number };
  const get = (path: string, bearer = token.access_token) =>
    ask(path.startsWith('http') ? path : `${served.origin}/v1.0${path}`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
  return { ...served, issue, token, get };
}
interface Page {
  readonly value: readonly Readonly<Record<string, unknown>>[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.deltaLink'?: string;
}
const page = (got: { readonly body: unknown }) => got.body as Page;
const ids = (got: { readonly body: unknown }) => page(got).value.map(({ id }) => id);
const all = ['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd7'];

test('an unsupported filter is silently ignored: all devices, 200', async (t) => {
  const { get } = await open(t);
  const filtered = (filter: string) => get(`/deviceManagement/managedDevices?$filter=${encodeURIComponent(filter)}`);
  assert.deepEqual(ids(await filtered("userId eq 'u1'")), all);
  assert.deepEqual(ids(await filtered('lastSyncDateTime ge 2027-01-01T00:00:00Z')), all);
  assert.deepEqual(ids(await filtered('lastSyncDateTime lt 2025-01-01T00:00:00Z')), []);
  assert.deepEqual(ids(await filtered("serialNumber eq 'SN-d3'")), ['d3']);
});

test('a deleted device is simply missing, and policy states are a call of their own', async (t) => {
  const { get, clock, issue } = await open(t);
  clock.set(daysBefore(5));
  const earlier = ((await issue()).body as { access_token: string }).access_token;
  assert.ok(ids(await get('/deviceManagement/managedDevices', earlier)).includes('d6'));
  clock.set(asOf);
  assert.deepEqual(ids(await get('/deviceManagement/managedDevices')), all);
  const states = page(await get('/deviceManagement/managedDevices/d1/deviceCompliancePolicyStates')).value;
  assert.deepEqual(
    states.map(({ state, displayName }) => [state, displayName]),
    [['compliant', 'Windows']],
  );
  assert.deepEqual(page(await get('/deviceManagement/managedDevices/d7/deviceCompliancePolicyStates')).value, []);
  const listed = page(await get('/deviceManagement/managedDevices')).value;
  assert.ok(listed.every((device) => !('deviceCompliancePolicyStates' in device)));
});

test('a single device differs from the listed one: seven digits of a second, null for an empty string', async (t) => {
  const { get } = await open(t);
  const device = (await get('/deviceManagement/managedDevices/d1')).body as Record<string, unknown>;
  assert.equal(device.lastSyncDateTime, '2026-02-27T10:00:00.0000000Z');
  assert.equal(device.userPrincipalName, null);
  assert.equal(page(await get('/deviceManagement/managedDevices')).value[1]?.userPrincipalName, '');
});

test('delta: all users, then only changes, with removals, repeated items and an empty page with a next link', async (t) => {
  const { get, clock, issue } = await open(t);
  const bearer = async () => ((await issue()).body as { access_token: string }).access_token;
  const follow = async (start: string) => {
    const token = await bearer();
    const pages: Page[] = [];
    for (let url: string | undefined = start; url; url = pages.at(-1)?.['@odata.nextLink'])
      pages.push(page(await get(url, token)));
    return { pages, link: pages.at(-1)?.['@odata.deltaLink'] ?? '', items: pages.flatMap(({ value }) => value) };
  };
  clock.set(daysBefore(5));
  const first = await follow('/users/delta?$top=3');
  assert.deepEqual([...new Set(first.items.map(({ id }) => id))], ['u0', 'u1', 'u2', 'u3', 'u4', 'u9']);
  assert.ok(first.items.length > 6, 'an item repeats');
  clock.set(asOf);
  const second = await follow(first.link);
  assert.equal(second.pages[0]?.value.length, 0);
  assert.ok(second.pages[0]?.['@odata.nextLink']);
  assert.deepEqual(second.items, [{ id: 'u9', '@removed': { reason: 'changed' } }]);
  assert.deepEqual((await follow(second.link)).items, []);
  clock.set('2026-05-01T00:00:00Z');
  assert.equal((await get(second.link, await bearer())).status, 410);
});

test('tokens: wrong secrets are refused as Entra does, good ones run out, roles can be read', async (t) => {
  const { get, clock, issue, token } = await open(t);
  assert.match((await issue({ client_secret: 'x' })).text, /AADSTS7000215/);
  assert.match((await issue({ client_id: 'x' })).text, /AADSTS700016/);
  assert.match((await issue({ scope: 'User.Read' })).text, /AADSTS1002012/);
  assert.match((await issue({}, '/elsewhere/oauth2/v2.0/token')).text, /AADSTS90002/);
  const claims = JSON.parse(Buffer.from(token.access_token.split('.')[1] ?? '', 'base64url').toString());
  assert.ok(claims.roles.every((role: string) => /\.Read\./.test(role)));
  assert.equal((await get('/users')).status, 200);
  clock.set(new Date(Date.parse(asOf) + token.expires_in * 1000));
  const late = await get('/users');
  assert.equal(late.status, 401);
  assert.match(late.text, /InvalidAuthenticationToken/);
});

test('an over-scoped app shows a write role', async (t) => {
  const { token } = await open(t, { overScoped: true });
  assert.match(Buffer.from(token.access_token.split('.')[1] ?? '', 'base64url').toString(), /ReadWrite/);
});

test('a token may die in the middle of a run', async (t) => {
  const { get, vendor, issue } = await open(t);
  vendor.inject('expired');
  assert.equal((await get('/users')).status, 401);
  assert.equal((await get('/users')).status, 401);
  assert.equal((await get('/users', ((await issue()).body as { access_token: string }).access_token)).status, 200);
});

test('after a 429 an early request is a violation, a patient one is not', async (t) => {
  const rateClock = fixedClock(asOf);
  const { get, vendor } = await open(t, { rateClock });
  vendor.inject('busy', 1, /users/);
  const refused = await get('/users');
  assert.equal(refused.status, 429);
  const seconds = Number(refused.headers.get('retry-after'));
  rateClock.set(new Date(Date.parse(asOf) + seconds * 1000));
  await get('/users');
  assert.equal(vendor.violations(), 0);
  vendor.inject('busy', 1, /users/);
  await get('/users');
  await get('/users');
  assert.equal(vendor.violations(), 1);
});
