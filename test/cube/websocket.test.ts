// Cube's WebSocket door: the same answers as REST byte for byte, one identity a socket, and an end when the token ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { insertRows } from './gold-rows.ts';
import { acme, globex, type Served, serveTenants, type Who } from './served-tenants.ts';

let served: Served;
before(async () => {
  served = await serveTenants(undefined, undefined, { authorizeWithinMs: 300 });
  for (const copy of served.copies.values()) await insertRows(copy);
});
after(() => served.close());

interface Heard {
  readonly messageId?: string;
  readonly messageProcessedId?: string;
  readonly handshake?: boolean;
  readonly status?: number;
  readonly message?: Record<string, unknown>;
}
interface Talk {
  readonly socket: WebSocket;
  readonly frames: string[];
  say(message: unknown): void;
  hear(fits: (heard: Heard) => boolean): Promise<Heard>;
  readonly closed: Promise<number>;
}

/** What a socket hears is kept, so that nothing is missed between two waits. */
function talk(headers: Record<string, string> = {}, path = '/'): Talk {
  const socket = new WebSocket(served.url.replace('http', 'ws') + path, { headers });
  const frames: string[] = [];
  const wake = new Set<() => void>();
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
  socket.on('error', () => {});
  socket.on('message', (data) => {
    frames.push(String(data));
    for (const one of wake) one();
  });
  return {
    socket,
    frames,
    closed,
    say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    hear: (fits) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = frames.map((frame) => JSON.parse(frame) as Heard).find(fits);
          if (!found) return;
          wake.delete(look);
          resolve(found);
        };
        wake.add(look);
        void closed.then((code) => reject(new Error(`closed with ${code}`)));
        look();
      }),
  };
}

async function signedIn(tenant = acme, who: Who = {}): Promise<Talk> {
  const one = talk();
  await once(one.socket, 'open');
  one.say({ authorization: await served.token(tenant, who) });
  await one.hear((heard) => heard.handshake === true);
  return one;
}

const count = { measures: ['users.user_count'] };
const load = (messageId: string | number, query: object = count) => ({ method: 'load', messageId, params: { query } });
const dataOf = (heard: Heard) => heard.message?.data;

test('a socket answers what REST answers, each under its own id', async () => {
  const one = await signedIn();
  one.say(load(7));
  one.say({ method: 'meta', messageId: 8 });
  one.say({ method: 'dry-run', messageId: 9, params: { query: count } });
  one.say({ ...load('10'), requestId: 'the-client-sends-one', params: { query: count, queryType: 'multi' } });
  const answered = await one.hear(({ messageId }) => messageId === '7');
  assert.deepEqual([answered.status, dataOf(answered)], [200, [{ 'users.user_count': '4' }]]);
  assert.ok(Array.isArray((await one.hear(({ messageId }) => messageId === '8')).message?.cubes));
  assert.equal((await one.hear(({ messageId }) => messageId === '9')).message?.queryType, 'regularQuery');
  assert.ok(Array.isArray((await one.hear(({ messageId }) => messageId === '10')).message?.results));
  const note = served.audit.find(({ door, action }) => door === 'websocket' && action === 'query');
  assert.deepEqual([note?.decision, note?.subject, note?.rows], ['allowed', 'u1', 1]);
  one.socket.close();
});

test('attack 86: a question before the token, and a token that never comes, close the socket with 1008', async () => {
  const asked = served.audit.length;
  const hasty = talk();
  await once(hasty.socket, 'open');
  hasty.say(load(1));
  assert.equal(await hasty.closed, 1008);
  assert.equal(await talk().closed, 1008);
  assert.equal(served.audit.length, asked);
  const forged = talk();
  await once(forged.socket, 'open');
  forged.say({ authorization: 'no.to.ken' });
  assert.equal(await forged.closed, 4401);
  assert.deepEqual([served.audit.at(-1)?.tenant, served.audit.at(-1)?.code], [undefined, 'TOKEN_INVALID']);
});

test('attack 87: the socket closes with 4401 when the token ends, and not one frame comes after it', async () => {
  // Once before, so that the answer does not outlast the token on a slow machine.
  await served.ask(acme, '/cubejs-api/v1/load', { query: count });
  const one = await signedIn(acme, { lifetime: '3s' });
  one.say({ method: 'subscribe', messageId: 1, params: { query: count } });
  await one.hear(({ messageId }) => messageId === '1');
  assert.equal(await one.closed, 4401);
  const heard = one.frames.length;
  await served.warm(acme);
  assert.equal(one.frames.length, heard);
});

test('attack 88: a second authorization, of whomever and whatever it is worth, closes the socket', async () => {
  for (const authorization of [await served.token(globex), await served.token(acme), 'no.to.ken']) {
    const one = await signedIn();
    one.say({ authorization });
    one.say(load(1));
    assert.equal(await one.closed, 1008);
    assert.equal(one.frames.length, 1);
  }
});

test('attack 89: a message with a key that is not listed is 400, never read without it', async () => {
  const one = await signedIn();
  const odd = [
    { ...load(1), signedWithPlaygroundAuthSecret: true },
    { ...load(1), securityContext: { tenant: globex } },
    { ...load(1), context: {} },
    { ...load(1), headers: {} },
    { ...load(1), params: { query: count, res: 1 } },
    { ...load(1), method: 'sql' },
    { ...load(1), method: 'constructor' },
  ];
  for (const message of odd) {
    one.frames.length = 0;
    one.say(message);
    const { status, message: body } = await one.hear(({ messageId }) => messageId === '1');
    assert.deepEqual([status, body?.code], [400, 'QUERY_INVALID'], JSON.stringify(message));
  }
  for (const text of ['{', '[]', '7', 'null', '{"unsubscribe":{}}']) {
    one.frames.length = 0;
    one.say(text);
    assert.equal((await one.hear(({ status }) => status === 400)).message?.code, 'QUERY_INVALID', text);
  }
  one.say({ method: 'load', messageId: 2, params: { query: { measures: ['users.nothing'] } } });
  assert.equal((await one.hear(({ messageId }) => messageId === '2')).status, 403);
  one.socket.close();
});

test('attack 90: twenty subscriptions a socket, ids used once, and nobody ends another’s', async () => {
  const [one, other] = [await signedIn(), await signedIn()];
  const subscribe = (messageId: string) => ({ method: 'subscribe', messageId, params: { query: count } });
  one.say(subscribe('__proto__'));
  for (let at = 1; at < 20; at += 1) {
    one.say(subscribe(`s${at}`));
    await one.hear(({ messageProcessedId }) => messageProcessedId === `s${at}`);
  }
  one.say(subscribe('s20'));
  assert.equal((await one.hear(({ messageId }) => messageId === 's20')).message?.code, 'SOCKET_FULL');
  other.say({ unsubscribe: 's1' });
  one.frames.length = 0;
  one.say(subscribe('s1'));
  assert.equal((await one.hear(({ messageId }) => messageId === 's1')).status, 400);
  one.frames.length = 0;
  one.say({ unsubscribe: 's2' });
  one.say(subscribe('s21'));
  assert.equal((await one.hear(({ messageId }) => messageId === 's21')).status, 200);
  for (const { socket } of [one, other]) socket.close();
});

test('a subscription is answered once, and once more when a release comes', async () => {
  const one = await signedIn();
  one.say({ method: 'subscribe', messageId: 1, params: { query: count } });
  await one.hear(({ messageProcessedId }) => messageProcessedId === '1');
  one.frames.length = 0;
  await served.copies.get(acme)?.insert('dim_user', [{ user_key: 'z', email: 'z@acme.example', department: 'IT' }]);
  served.publish(acme);
  await served.warm(globex);
  assert.equal(one.frames.length, 0);
  await served.warm(acme);
  assert.deepEqual(dataOf(await one.hear(({ messageId }) => messageId === '1')), [{ 'users.user_count': '5' }]);
  one.socket.close();
});

test('attack 91: values that a template would eat arrive byte for byte as over REST', async () => {
  const values = ['$&', '$$100', '$`', "$'", '\u2028', '~XXXXX~', '"~XXXXX~"', '\\', '\u{1f600}'];
  const rows = values.map((department, at) => ({ user_key: `odd${at}`, email: `odd${at}@globex.example`, department }));
  await served.copies.get(globex)?.insert('dim_user', rows);
  served.publish(globex);
  const query = { ...count, dimensions: ['users.department'], order: { 'users.department': 'asc' } };
  const token = await served.token(globex);
  const rest = await fetch(`${served.url}/cubejs-api/v1/load`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const body = await rest.text();
  for (const value of values) assert.ok(body.includes(JSON.stringify(value)), value);
  const one = await signedIn(globex);
  one.say(load(1, query));
  await one.hear(({ messageId }) => messageId === '1');
  const frame = one.frames.find((text) => text.startsWith('{"messageId":"1"'));
  const withoutTime = (text: string) => text.replaceAll(/"lastRefreshTime":"[^"]*"/g, '');
  assert.equal(withoutTime(frame ?? ''), withoutTime(`{"messageId":"1","message":${body},"status":200}`));
  one.socket.close();
});

test('attack 92: a page of another origin cannot open a socket; a program, which names none, can', async () => {
  const host = new URL(served.url).host;
  const refused = async (headers: Record<string, string>, path = '/') => {
    const { socket } = talk(headers, path);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    return response.statusCode;
  };
  for (const origin of [
    'https://evil.example',
    'null',
    `http://${host}.evil.example`,
    `http://evil.example/${host}`,
    'x',
  ])
    assert.equal(await refused({ origin }), 403, origin);
  for (const path of ['/ws', '/?authorization=x', '//', '/cubejs-api/v1/load'])
    assert.equal(await refused({}, path), 404, path);
  const own = talk({ origin: `http://${host}` });
  await once(own.socket, 'open');
  own.socket.close();
});

test('attack 93: a large frame, many fragments, compression and a flood of pings end the socket, not the process', async () => {
  const large = await signedIn();
  large.say(`"${'x'.repeat(1_100_000)}"`);
  assert.equal(await large.closed, 1009);
  const bits = await signedIn();
  for (let at = 0; at < 2_000; at += 1) bits.socket.send('1', { fin: false });
  assert.ok([1008, 1009, 1006].includes(await bits.closed));
  const pings = await signedIn();
  for (let at = 0; at < 500; at += 1) pings.socket.ping();
  // 1006: the pings that were still on their way broke against the closed socket.
  assert.ok([1008, 1006].includes(await pings.closed));
  const plain = await signedIn();
  assert.equal(plain.socket.extensions, '');
  plain.say(load(1));
  assert.equal((await plain.hear(({ messageId }) => messageId === '1')).status, 200);
  plain.socket.close();
});

test('attack 94: a socket that is torn off while it is answered harms nobody', async () => {
  for (let at = 0; at < 20; at += 1) {
    const one = await signedIn();
    one.say(load(1, { ...count, offset: at, order: { 'users.user_count': 'asc' } }));
    one.socket.terminate();
  }
  const next = await signedIn();
  next.say(load(1));
  assert.equal((await next.hear(({ messageId }) => messageId === '1')).status, 200);
  next.socket.close();
});
