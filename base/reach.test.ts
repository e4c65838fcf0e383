// Where a connection may not lead: by address, by name, by the name's other spellings; and what a configured service may lead us to.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Call, createCall } from './call.ts';
import { createReach, type Resolve } from './reach.ts';

const refused = [
  ...[
    'http://169.254.169.254/latest/meta-data',
    'https://127.0.0.1',
    'https://[::1]/',
    'https://0x7f.1/',
    'https://2130706433/',
  ],
  ...[
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[::127.0.0.1]/',
    'https://10.0.0.8',
    'https://0.0.0.0/',
  ],
  ...['file:///etc/passwd', 'gopher://vendor.test/', 'https://acme.okta.com@127.0.0.1/', 'https://user@acme.okta.com/'],
  ...['https://[64:ff9b::a9fe:a9fe]/', 'https://[fe80::1]/', 'https://[fd00:ec2::254]/', 'nonsense'],
];
for (const url of refused)
  test(`attack 150: ${url} is refused`, () => {
    assert.throws(() => createReach({ networks: [] }).check(url), { code: 'ADDRESS_INSIDE' });
  });

const lookedUp = (networks: readonly string[], name: string) =>
  new Promise((resolve, reject) =>
    createReach({ networks }).lookup(name, { all: false }, (error, address) =>
      error ? reject(error) : resolve(address),
    ),
  );

test('attack 150: a name is judged by the address that is connected to, whatever it was before', async () => {
  await assert.rejects(lookedUp([], 'localhost'), { code: 'ADDRESS_INSIDE' });
  assert.ok(await lookedUp(['127.0.0.0/8', '::1/128'], 'localhost'));
});

test('a network that the operator allows may be called, the metadata service never', () => {
  const reach = createReach({ networks: ['10.1.0.0/16', '169.254.0.0/16'] });
  assert.equal(reach.check('https://10.1.2.3:9200/x').port, '9200');
  assert.throws(() => reach.check('https://10.2.0.1/'), { code: 'ADDRESS_INSIDE' });
  assert.throws(() => reach.check('http://169.254.169.254/'), { code: 'ADDRESS_INSIDE' });
});

/** A resolver that says what it is told, one answer after the other; the last one stays. */
const saying =
  (...addresses: string[]): Resolve =>
  (_, __, callback) => {
    const address = (addresses.length > 1 ? addresses.shift() : addresses[0]) ?? '';
    callback(null, [{ address, family: 4 }]);
  };
const ask = (call: Call, url: string) => call(url, { signal: AbortSignal.timeout(5_000) });

async function serve(t: TestContext, answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

for (const [what, address] of [
  ['this machine', '127.0.0.1'],
  ['the metadata service', '169.254.169.254'],
  ['a private network', '10.0.0.8'],
] as const)
  test(`attack 150: a configured name that resolves to ${what} is not called`, async () => {
    const call = createCall('https://login.example', { networks: [], resolve: saying(address) });
    await assert.rejects(ask(call, 'https://login.example/keys'), { code: 'ADDRESS_INSIDE' });
  });

test('attack 150: the metadata service stays closed even to a network that would hold it', async () => {
  const call = createCall('https://x.example', { networks: ['0.0.0.0/0'], resolve: saying('169.254.169.254') });
  await assert.rejects(ask(call, 'https://x.example/'), { code: 'ADDRESS_INSIDE' });
});

test('attack 150: each call resolves anew, so that a name that moves inside after its first answer is not followed', async (t) => {
  const port = await serve(t, (_, response) => response.end('fine'));
  const call = createCall('http://moves.example', {
    networks: ['127.0.0.1/32'],
    resolve: saying('127.0.0.1', '127.0.0.9'),
  });
  const url = `http://moves.example:${port}/`;
  assert.equal(await (await ask(call, url)).text(), 'fine');
  await assert.rejects(ask(call, url), { code: 'ADDRESS_INSIDE' });
});

test('attack 150: a service elsewhere cannot send us to this machine, one on this machine can', async (t) => {
  const port = await serve(t, (_, response) => response.end('keys'));
  const inside = `http://127.0.0.1:${port}/keys`;
  const elsewhere = createCall('https://login.example', { networks: [] });
  await assert.rejects(ask(elsewhere, inside), { code: 'ADDRESS_INSIDE' });
  assert.equal(await (await ask(createCall(`http://127.0.0.1:${port}`, { networks: [] }), inside)).text(), 'keys');
});

test('attack 150: a redirect is an answer and is not followed', async (t) => {
  const paths: (string | undefined)[] = [];
  const port = await serve(t, (request, response) => {
    paths.push(request.url);
    response.writeHead(302, { location: '/inside' }).end();
  });
  const url = `http://127.0.0.1:${port}/first`;
  assert.equal((await ask(createCall(url, { networks: [] }), url)).status, 302);
  assert.deepEqual(paths, ['/first']);
});

test('attack 200: names that cannot be resolved fail that one call, and the next one that can goes through', async (t) => {
  const port = await serve(t, (_, response) => response.end('back'));
  let isDown = true;
  const resolve: Resolve = (_, __, callback) => {
    if (isDown) callback(Object.assign(new Error('down'), { code: 'EAI_AGAIN' }), []);
    else callback(null, [{ address: '127.0.0.1', family: 4 }]);
  };
  const call = createCall('http://login.example', { networks: ['127.0.0.1/32'], resolve });
  await assert.rejects(ask(call, `http://login.example:${port}/`), { code: 'EAI_AGAIN' });
  isDown = false;
  assert.equal(await (await ask(call, `http://login.example:${port}/`)).text(), 'back');
});

test('a call that takes too long ends with the reason of its limit', async (t) => {
  const port = await serve(t, () => {});
  const url = `http://127.0.0.1:${port}/`;
  await assert.rejects(createCall(url, { networks: [] })(url, { signal: AbortSignal.timeout(50) }), {
    name: 'TimeoutError',
  });
});
