// What is peculiar to Intune and Entra: every trap of Microsoft Graph that we know of.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { bodyOf, readPages, type StubAnswer, type StubCall, stubVendor } from '../stub-vendor.ts';
import { connectGraph } from './client.ts';
import { compliancePolicies } from './compliance-policies.ts';
import { devicePolicyStates } from './device-policy-states.ts';
import { intune } from './index.ts';
import { managedDevices } from './managed-devices.ts';
import { users } from './users.ts';

const secret = 's3cret-of-the-application';
const token = (roles: readonly string[], n = 0) =>
  `e30.${Buffer.from(JSON.stringify({ roles, n })).toString('base64url')}.sig`;
const granted = (value: string, expires_in: unknown = 3599): StubAnswer => ({
  body: { token_type: 'Bearer', expires_in, access_token: value },
});
const isToken = (call: StubCall) => call.path.endsWith('/oauth2/v2.0/token');

async function graph(
  t: TestContext,
  answer: (call: StubCall, url: string) => StubAnswer,
  { now = fixedClock('2026-01-01T00:00:00Z'), tokens = () => granted(token(intune.scopes)) } = {},
) {
  const vendor = await stubVendor(t, (call, url) => (isToken(call) ? tokens() : answer(call, url)));
  const settings = intune.settings.parse({
    graphUrl: `${vendor.url}/v1.0`,
    authorityUrl: vendor.url,
    directoryId: 'directory',
    clientId: 'client',
    clientSecret: secret,
  });
  const client = await connectGraph({ settings, web: vendor.web, now, sleep: async () => {} });
  return { client, calls: vendor.calls, url: vendor.url, asked: () => vendor.calls.filter((call) => !isToken(call)) };
}

test('a listing follows the whole nextLink to its end, over an empty page too', async (t) => {
  const link = '/v1.0/deviceManagement/managedDevices?$skiptoken=opaque%2B%2F%3D&$top=1';
  const { client, asked } = await graph(t, (call, url) => {
    if (call.path === link) return { body: { value: [], '@odata.nextLink': `${url}/v1.0/last?x=1` } };
    if (call.path === '/v1.0/last?x=1') return { body: { value: [{ id: 'b' }] } };
    return { body: { value: [{ id: 'a' }], '@odata.nextLink': url + link } };
  });
  const pages = await readPages(managedDevices, client);
  assert.deepEqual(
    pages.map((page) => page.records),
    [1, 0, 1],
  );
  assert.deepEqual(
    asked().map((call) => call.path),
    ['/v1.0/deviceManagement/managedDevices', link, '/v1.0/last?x=1'],
  );
  assert.equal(new Set(asked().map((call) => call.headers.authorization)).size, 1);
});

test('a nextLink to another host is refused before the token goes there', async (t) => {
  const elsewhere = await stubVendor(t, () => ({ body: { value: [] } }));
  const { client } = await graph(t, () => ({ body: { value: [], '@odata.nextLink': `${elsewhere.url}/v1.0/x` } }));
  await assert.rejects(readPages(managedDevices, client), { code: 'PAGE_MALFORMED' });
  assert.equal(elsewhere.calls.length, 0);
});

test('a remembered link to an address that Graph no longer has leads to a full listing, not to a standstill', async (t) => {
  const elsewhere = await stubVendor(t, () => ({ body: { value: [] } }));
  const { client } = await graph(t, (_call, url) => ({
    body: { value: [{ id: 'a' }], '@odata.deltaLink': `${url}/v1.0/d` },
  }));
  const pages = await readPages(users, client, {
    cursor: { delta: `${elsewhere.url}/v1.0/users/delta?$deltatoken=1` },
  });
  assert.equal(pages[0]?.full, true);
  assert.equal(elsewhere.calls.length, 0);
});

test('a nextLink that leads back does not go round for ever (attack 146)', async (t) => {
  const { client, asked } = await graph(t, (call, url) => ({
    body: { value: [], '@odata.nextLink': url + call.path },
  }));
  await assert.rejects(readPages(managedDevices, client), { code: 'PAGE_MALFORMED' });
  assert.equal(asked().length, 1);
});

test('a filter that Graph would silently ignore is not sent, and devices are listed whole on every run', async (t) => {
  const { client, asked } = await graph(t, () => ({ body: { value: [{ id: 'a' }, { id: 'b' }] } }));
  const first = await readPages(managedDevices, client);
  const second = await readPages(managedDevices, client, { cursor: first.at(-1)?.cursor });
  await readPages(compliancePolicies, client);
  assert.equal(second[0]?.records, 2);
  for (const call of asked()) assert.doesNotMatch(decodeURIComponent(call.path), /\$filter|\/delta|\$skip\b/);
});

test('users: the deltaLink is the cursor, and the next run asks nothing else', async (t) => {
  const { client, asked, url } = await graph(t, (call, base) =>
    call.path.includes('$deltatoken')
      ? {
          body: {
            value: [{ id: 'u2', '@removed': { reason: 'changed' } }],
            '@odata.deltaLink': `${base}/v1.0/users/delta?$deltatoken=2`,
          },
        }
      : call.path.includes('$skiptoken')
        ? {
            body: { value: [{ id: 'u2' }, { id: 'u1' }], '@odata.deltaLink': `${base}/v1.0/users/delta?$deltatoken=1` },
          }
        : { body: { value: [{ id: 'u1' }], '@odata.nextLink': `${base}/v1.0/users/delta?$skiptoken=1` } },
  );
  const first = await readPages(users, client);
  assert.deepEqual(
    first.map((page) => page.cursor),
    [{ next: `${url}/v1.0/users/delta?$skiptoken=1` }, { delta: `${url}/v1.0/users/delta?$deltatoken=1` }],
  );
  const resumed = await readPages(users, client, { cursor: first[0]?.cursor });
  assert.deepEqual(
    resumed.map((page) => bodyOf(page)),
    [bodyOf(first[1]!)],
  );
  const second = await readPages(users, client, { cursor: first[1]?.cursor });
  assert.equal(second.length, 1);
  assert.equal(asked().at(-1)?.path, '/v1.0/users/delta?$deltatoken=1');
  assert.equal(users.deletedBy, '$."@removed"');
  assert.ok(
    [...first, ...second].every((page) => page.full === undefined),
    'an increment never claims to be complete',
  );
});

test('users: a deltaLink too old (410) leads to a complete listing, which a killed run starts again', async (t) => {
  const { client, asked, url } = await graph(t, (call, base) => {
    if (call.path.includes('old'))
      return { status: 410, body: { error: { code: 'syncStateNotFound', message: 'gone' } } };
    if (call.path.includes('$skiptoken'))
      return { body: { value: [{ id: 'u2' }], '@odata.deltaLink': `${base}/v1.0/users/delta?$deltatoken=new` } };
    return { body: { value: [{ id: 'u1' }], '@odata.nextLink': `${base}/v1.0/users/delta?$skiptoken=1` } };
  });
  const cursor = { delta: `${url}/v1.0/users/delta?$deltatoken=old` };
  const pages = await readPages(users, client, { cursor });
  assert.deepEqual(
    pages.map((page) => [page.full, page.cursor]),
    [
      [true, { resync: true }],
      [true, { delta: `${url}/v1.0/users/delta?$deltatoken=new` }],
    ],
  );
  const killed = await readPages(users, client, { cursor, stopAfter: 1 });
  const before = asked().length;
  const again = await readPages(users, client, { cursor: killed[0]?.cursor });
  assert.deepEqual(
    again.map((page) => page.full),
    [true, true],
  );
  assert.doesNotMatch(asked()[before]?.path ?? '', /token/);
});

test('a token with write permissions is refused, and the refusal names them and nothing secret', async (t) => {
  const roles = [...intune.scopes, 'DeviceManagementManagedDevices.ReadWrite.All', 'Directory.ReadWrite.All'];
  await assert.rejects(
    graph(t, () => ({ body: {} }), { tokens: () => granted(token(roles)) }),
    (fault: Error & { code?: string }) => {
      assert.equal(fault.code, 'SOURCE_OVERSCOPED');
      assert.match(fault.message, /DeviceManagementManagedDevices\.ReadWrite\.All, Directory\.ReadWrite\.All/);
      assert.ok(!fault.message.includes(secret) && !fault.message.includes('e30.'));
      return true;
    },
  );
});

test('a token that is no JWT is left to Graph to judge', async (t) => {
  const { client } = await graph(t, () => ({ body: { value: [] } }), { tokens: () => granted('opaque') });
  assert.equal((await readPages(managedDevices, client)).length, 1);
});

test('the token is asked for with the .default scope of Graph and renewed before it expires', async (t) => {
  const now = fixedClock('2026-01-01T00:00:00Z');
  let issued = 0;
  const tokens = () => granted(token(intune.scopes, ++issued), '3599');
  const { client, calls, url } = await graph(t, () => ({ body: { value: [] } }), { now, tokens });
  await readPages(managedDevices, client);
  assert.equal(issued, 1);
  now.set('2026-01-01T00:59:30Z');
  await readPages(managedDevices, client);
  assert.equal(issued, 2);
  const form = new URLSearchParams(calls[0]?.body);
  assert.equal(form.get('scope'), `${url}/.default`);
  assert.equal(calls[0]?.path, '/directory/oauth2/v2.0/token');
});

test('a token refused in the middle of a run is renewed once; a second refusal is the credential', async (t) => {
  let refusals = 1;
  let issued = 0;
  const answer = () =>
    refusals-- > 0 ? { status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } } : { body: { value: [] } };
  const { client } = await graph(t, answer, { tokens: () => granted(token(intune.scopes, ++issued)) });
  assert.equal((await readPages(managedDevices, client)).length, 1);
  assert.equal(issued, 2);
  refusals = 2;
  await assert.rejects(readPages(managedDevices, client), { code: 'VENDOR_REFUSED' });
});

test('429 asks us to wait as long as Retry-After says; without the header, we wait all the same', async (t) => {
  const headers: Record<string, string>[] = [{ 'retry-after': '17' }, {}];
  const { client } = await graph(t, () => ({ status: 429, headers: headers.shift() ?? {}, body: { error: {} } }));
  await assert.rejects(readPages(managedDevices, client), {
    code: 'VENDOR_BUSY',
    params: { source: 'intune', waitMs: 17_000 },
  });
  await assert.rejects(readPages(managedDevices, client), (fault: { code?: string; params?: { waitMs: number } }) => {
    assert.equal(fault.code, 'VENDOR_BUSY');
    assert.ok((fault.params?.waitMs ?? 0) > 0);
    return true;
  });
});

test('a tenant without an Intune licence (400) is refused with the request that was refused', async (t) => {
  const { client } = await graph(t, () => ({
    status: 400,
    body: { error: { code: 'BadRequest', message: 'Request not applicable to target tenant.' } },
  }));
  await assert.rejects(readPages(managedDevices, client), {
    code: 'VENDOR_REFUSED',
    message: /deviceManagement\/managedDevices/,
  });
});

test('policy states are asked of changed devices only, and a device that vanished meanwhile ends nothing', async (t) => {
  const { client, asked } = await graph(t, (call) =>
    call.path.includes('gone')
      ? { status: 404, body: { error: { code: 'ResourceNotFound' } } }
      : { body: { value: call.path.includes('bare') ? [] : [{ id: 'p1', state: 'nonCompliant' }] } },
  );
  const pages = await readPages(devicePolicyStates, client, { parents: ['d1', 'gone', 'bare'] });
  assert.deepEqual(
    pages.map((page) => [page.parent, page.records]),
    [
      ['d1', 1],
      ['bare', 0],
    ],
  );
  assert.equal(asked().length, 3);
  assert.equal((await readPages(devicePolicyStates, client, { parents: [] })).length, 0);
  // A check-in changes a device's record every few hours; asking for its policies each time would be one call a device and run.
  assert.ok(!devicePolicyStates.parent?.watch?.includes('last_sync'));
});

test('the body of a page is kept to the byte', async (t) => {
  const text = '{"value":[{"id":"a","x":1.0,"big":12345678901234567890}]  }';
  const { client } = await graph(t, () => ({ body: text }));
  const [page] = await readPages(managedDevices, client);
  assert.equal(new TextDecoder().decode(page?.body), text);
});

test('an address without TLS is refused, except on this machine', () => {
  const rest = { directoryId: 'd', clientId: 'c', clientSecret: secret };
  assert.equal(intune.settings.safeParse({ ...rest, graphUrl: 'http://graph.example/v1.0' }).success, false);
  assert.equal(intune.settings.safeParse({ ...rest, graphUrl: 'http://127.0.0.1:1/v1.0' }).success, true);
  assert.equal(intune.settings.parse(rest).graphUrl, 'https://graph.microsoft.com/v1.0');
});
