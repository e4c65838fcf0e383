// What is peculiar to Jamf Pro: every trap that we know of.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { bodyOf, readPages, type StubAnswer, type StubCall, stubVendor } from '../stub-vendor.ts';
import { connectJamf } from './client.ts';
import { computers } from './computers.ts';
import { jamf } from './index.ts';
import { mobileDevices } from './mobile-devices.ts';

const secret = 's3cret-of-the-client';
const isToken = (call: StubCall) => call.path.endsWith('/oauth/token');
const missing: StubAnswer = { status: 404, body: { httpStatus: 404, errors: [] } };

interface Server {
  readonly now?: ReturnType<typeof fixedClock>;
  readonly token?: (call: StubCall) => StubAnswer;
  readonly self?: StubAnswer;
}

async function server(
  t: TestContext,
  answer: (call: StubCall) => StubAnswer,
  { now = fixedClock('2026-01-01T00:00:00Z'), token = grant(() => 'token'), self = missing }: Server = {},
) {
  const vendor = await stubVendor(t, (call) =>
    isToken(call) ? token(call) : call.path === '/api/v1/auth' ? self : answer(call),
  );
  const settings = jamf.settings.parse({ url: vendor.url, clientId: 'client', clientSecret: secret });
  const client = await connectJamf({ settings, web: vendor.web, now, sleep: async () => {} });
  const asked = () => vendor.calls.filter((call) => call.path.includes('inventory') || call.path.includes('mobile'));
  return { client, calls: vendor.calls, asked };
}
const grant =
  (next: () => string, expires_in = 60) =>
  (): StubAnswer => ({ body: { access_token: next(), token_type: 'Bearer', scope: 'api-role:2', expires_in } });

/** Serves `records` by page and page-size. */
const inventory = (call: StubCall, records: readonly unknown[], totalCount = records.length): StubAnswer => {
  const size = Number(call.url.searchParams.get('page-size'));
  const start = Number(call.url.searchParams.get('page')) * size;
  return { body: { totalCount, results: records.slice(start, start + size) } };
};
const macs = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => ({ id: String(from + i) }));

test('sections are asked for by name, since only GENERAL comes by default and the others would be null', async (t) => {
  const { client, asked } = await server(t, (call) => inventory(call, macs(1, 3)));
  await readPages(computers, client);
  await readPages(mobileDevices, client);
  const [mac, mobile] = asked();
  assert.deepEqual(mac?.url.searchParams.getAll('section'), [
    'GENERAL',
    'HARDWARE',
    'OPERATING_SYSTEM',
    'DISK_ENCRYPTION',
    'SECURITY',
    'USER_AND_LOCATION',
  ]);
  assert.deepEqual(mobile?.url.searchParams.getAll('section'), [
    'GENERAL',
    'HARDWARE',
    'SECURITY',
    'USER_AND_LOCATION',
  ]);
});

test('one mobile device that cannot be read does not fail its page (exception-handling=LENIENT)', async (t) => {
  const { client, asked } = await server(t, (call) => inventory(call, [{ mobileDeviceId: '1', hardware: null }]));
  assert.equal((await readPages(mobileDevices, client))[0]?.records, 1);
  assert.equal(asked()[0]?.url.searchParams.get('exception-handling'), 'LENIENT');
});

for (const version of [4, 3, 2, 1]) {
  test(`a server whose newest inventory is v${version} is read by it, page after page`, async (t) => {
    const own = `/api/v${version}/computers-inventory`;
    const { client, asked } = await server(t, (call) =>
      call.url.pathname === own ? inventory(call, macs(1, computers.pageSize + 1)) : missing,
    );
    const pages = await readPages(computers, client);
    assert.deepEqual(
      pages.map((page) => page.records),
      [computers.pageSize, 1],
    );
    assert.equal(asked().length, 4 - version + 2, 'once found, the version is kept');
  });
}

test('no version known is a refusal', async (t) => {
  const { client } = await server(t, () => missing);
  await assert.rejects(readPages(computers, client), { code: 'VENDOR_REFUSED' });
});

test('both names of the last contact are read: v1 to v3 lastContactTime, v4 lastCheckIn and lastContact', () => {
  assert.deepEqual(computers.columns.last_check_in?.path, ['$.general.lastCheckIn', '$.general.lastContactTime']);
  assert.deepEqual(computers.columns.last_contact?.path, ['$.general.lastContact', '$.general.lastContactTime']);
});

test('the older token endpoint is used where the newer one is unknown', async (t) => {
  const { calls } = await server(t, () => missing, {
    token: (call) => (call.path === '/api/oauth/token' ? grant(() => 'token')() : missing),
  });
  assert.deepEqual(
    calls.filter(isToken).map((call) => call.path),
    ['/api/v1/oauth/token', '/api/oauth/token'],
  );
  const form = new URLSearchParams(calls[1]?.body);
  assert.deepEqual([form.get('grant_type'), form.get('client_id')], ['client_credentials', 'client']);
});

test('a token of 60 seconds is renewed in the middle of a listing, by expires_in and not by a refusal', async (t) => {
  const now = fixedClock('2026-01-01T00:00:00Z');
  let issued = 0;
  const { client, asked } = await server(
    t,
    (call) => {
      now.set(new Date(now().getTime() + 50_000));
      return inventory(call, macs(1, computers.pageSize * 3));
    },
    { now, token: grant(() => `token-${++issued}`) },
  );
  await readPages(computers, client);
  assert.deepEqual(
    asked().map((call) => call.headers.authorization),
    ['Bearer token-1', 'Bearer token-1', 'Bearer token-2'],
  );
});

test('a token refused in the middle of a run is renewed once; a second refusal is the credential', async (t) => {
  let refusals = 1;
  const { client, calls } = await server(t, (call) =>
    refusals-- > 0 ? { status: 401, body: { httpStatus: 401, errors: [] } } : inventory(call, macs(1, 2)),
  );
  assert.equal((await readPages(computers, client)).length, 1);
  assert.equal(calls.filter(isToken).length, 2);
  refusals = 2;
  await assert.rejects(readPages(computers, client), { code: 'VENDOR_REFUSED' });
});

test('rows that slide between pages: a listing that changed while it was read is read again', async (t) => {
  const size = computers.pageSize;
  let served = 0;
  const { client } = await server(t, (call) => {
    // Number 1 is deleted after the first page, so number size + 1 slides onto it, where nobody looks any more.
    const fleet = served++ === 0 ? macs(1, 2 * size) : macs(2, 2 * size);
    return inventory(call, fleet);
  });
  const pages = await readPages(computers, client);
  const ids = new Set(
    pages.flatMap((page) => (bodyOf(page) as { results: { id: string }[] }).results.map(({ id }) => id)),
  );
  assert.ok(ids.has(String(size + 1)));
  assert.equal(pages.length, 4);
});

test('a listing that never stands still is given up, so that nothing is taken for deleted', async (t) => {
  let total = 2 * computers.pageSize;
  const { client } = await server(t, (call) => inventory(call, macs(1, 2 * computers.pageSize), total++));
  await assert.rejects(readPages(computers, client), { code: 'LISTING_UNSTABLE' });
});

test('a row repeated on the next page is noticed by its id, whether text or number', async (t) => {
  const size = computers.pageSize;
  let pass = 0;
  const { client } = await server(t, (call) => {
    const first = call.url.searchParams.get('page') === '0';
    if (first) pass++;
    const fleet: { id: string | number }[] = macs(1, size + 1);
    if (pass === 1) fleet[size] = { id: size };
    return inventory(call, fleet);
  });
  assert.equal((await readPages(computers, client)).length, 4);
});

test('the listing is sorted by id, so that names that change do not reorder it', async (t) => {
  const { client, asked } = await server(t, (call) => inventory(call, macs(1, 1)));
  await readPages(computers, client);
  await readPages(mobileDevices, client);
  assert.deepEqual(
    asked().map((call) => call.url.searchParams.get('sort')),
    ['id:asc', 'mobileDeviceId:asc'],
  );
});

test('an empty inventory is one page that says so', async (t) => {
  const { client } = await server(t, (call) => inventory(call, []));
  assert.deepEqual(
    (await readPages(computers, client)).map((page) => page.records),
    [0],
  );
});

test("the load balancer's cookie is sent back, so that all pages come from one node", async (t) => {
  const { client, asked } = await server(t, (call) => ({
    ...inventory(call, macs(1, computers.pageSize + 1)),
    headers: { 'set-cookie': 'jpro-ingress=node7.x; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/; HttpOnly' },
  }));
  await readPages(computers, client);
  assert.deepEqual(
    asked().map((call) => call.headers.cookie),
    [undefined, 'jpro-ingress=node7.x'],
  );
});

test('a client with more than reading is refused where the server shows its privileges', async (t) => {
  const read = ['Read Computers', 'Read Mobile Devices'];
  const self = (account: object): StubAnswer => ({ body: { account, accountGroups: [] } });
  for (const [account, named] of [
    [
      { privilegesBySite: { '-1': [...read, 'Update Computers', 'Delete Computers'] } },
      /Delete Computers, Update Computers/,
    ],
    [{ privilegeSet: 'ADMINISTRATOR' }, /ADMINISTRATOR/],
  ] as const) {
    await assert.rejects(
      server(t, () => missing, { self: self(account) }),
      (fault: Error & { code?: string }) => {
        assert.equal(fault.code, 'SOURCE_OVERSCOPED');
        assert.match(fault.message, named);
        assert.ok(!fault.message.includes(secret));
        return true;
      },
    );
  }
  await server(t, () => missing, {
    self: self({ privilegeSet: 'CUSTOM', privileges: read, privilegesBySite: { '-1': read } }),
  });
  await server(t, () => missing, { self: { status: 403, body: { httpStatus: 403 } } });
});

test('429 and 503 come without a word on how long to wait', async (t) => {
  const statuses = [429, 503];
  const { client } = await server(t, () => ({ status: statuses.shift() ?? 500, body: '' }));
  await assert.rejects(readPages(computers, client), { code: 'VENDOR_BUSY' });
  await assert.rejects(readPages(computers, client), { code: 'VENDOR_UNAVAILABLE' });
});

test('only one call is in flight at a time', async (t) => {
  let inFlight = 0;
  const vendor = await stubVendor(t, (call) =>
    isToken(call)
      ? grant(() => 'token')()
      : call.path === '/api/v1/auth'
        ? missing
        : inventory(call, macs(1, computers.pageSize * 4)),
  );
  const settings = jamf.settings.parse({ url: vendor.url, clientId: 'client', clientSecret: secret });
  const web: typeof vendor.web = async (...args) => {
    assert.equal(++inFlight, 1);
    try {
      return await vendor.web(...args);
    } finally {
      inFlight--;
    }
  };
  const client = await connectJamf({ settings, web, now: fixedClock('2026-01-01T00:00:00Z'), sleep: async () => {} });
  assert.equal((await readPages(computers, client)).length, 4);
});
