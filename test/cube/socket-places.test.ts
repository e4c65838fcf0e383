// Who may have how many sockets: a tenant, a stranger's address and the server each have their own number, and dead sockets keep no place.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { after, before, test } from 'node:test';
import { Fault } from '@tessera/base';
import { createEdge, createFairness } from '@tessera/platform';
import { WebSocket } from 'ws';
import { acme, globex, type Served, serveTenants, type Who } from './served-tenants.ts';

let served: Served;
before(async () => {
  served = await serveTenants(
    {
      edge: createEdge({ trustedProxies: ['127.0.0.0/8'], publicUrl: 'https://tessera.example' }),
      // Sixty a minute: ten at once, and no more while the clock stands still.
      fairness: createFairness({
        quotaOf: () => ({ concurrent: 2, queued: 2, perMinute: 60, weight: 1 }),
        places: 4,
        now: () => 0,
      }),
    },
    undefined,
    {
      authorizeWithinMs: 60_000,
      sockets: { sockets: 20, perTenant: 3, strangers: 4, strangersPerAddress: 2 },
    },
  );
});
after(() => served.close());

const open = (from = '192.0.2.1', headers: Record<string, string> = {}) => {
  const socket = new WebSocket(served.url.replace('http', 'ws'), {
    headers: { 'x-forwarded-for': from, ...headers },
  });
  socket.on('error', () => {});
  return socket;
};
const opened = async (from?: string) => {
  const socket = open(from);
  await once(socket, 'open');
  return socket;
};
/** Status and `Retry-After` of an upgrade that was refused. */
async function refused(socket: WebSocket) {
  const [, { statusCode, headers }] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode: number; headers: Record<string, string> },
  ];
  socket.terminate();
  return [statusCode, headers['retry-after']];
}
async function signedIn(tenant = acme, who: Who = {}): Promise<WebSocket> {
  const socket = await opened();
  socket.send(JSON.stringify({ authorization: await served.token(tenant, who) }));
  await once(socket, 'message');
  return socket;
}
const closed = async (socket: WebSocket): Promise<number> => ((await once(socket, 'close')) as [number])[0];
async function closeAll(sockets: readonly WebSocket[]): Promise<void> {
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map((socket) => socket.readyState === socket.CLOSED || closed(socket)));
}

test('one tenant’s sockets are its own number: it is told so with 1013, and another tenant gets in', async () => {
  const own = [await signedIn(), await signedIn(), await signedIn()];
  const more = await opened();
  more.send(JSON.stringify({ authorization: await served.token(acme) }));
  assert.equal(await closed(more), 1013);
  assert.deepEqual([served.audit.at(-1)?.code, served.audit.at(-1)?.from], ['SOCKETS_FULL', '192.0.2.1']);
  const other = await signedIn(globex);
  await closeAll(own.splice(0, 1));
  own.push(await signedIn());
  await closeAll([...own, other]);
});

test('strangers have a number for each address and one for all of them, and who has signed in counts as none', async () => {
  const strangers = [await opened('192.0.2.1'), await opened('192.0.2.1')];
  assert.deepEqual(await refused(open('192.0.2.1')), [429, '5']);
  assert.deepEqual(await refused(open('203.0.113.3, 192.0.2.1')), [429, '5'], 'what he writes himself');
  strangers.push(await opened('192.0.2.2'), await opened('192.0.2.2'));
  assert.deepEqual(await refused(open('192.0.2.3')), [503, '5']);
  strangers[0]?.send(JSON.stringify({ authorization: await served.token(acme) }));
  await once(strangers[0] as WebSocket, 'message');
  strangers.push(await opened('192.0.2.3'));
  await closeAll(strangers);
});

test('an upgrade that fails keeps no place', async () => {
  const { port } = new URL(served.url);
  for (let at = 0; at < 6; at += 1) {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'x-forwarded-for': '192.0.2.1' };
    const asked = request({ port, host: '127.0.0.1', headers }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    assert.equal(answer.statusCode, 400);
    await once(answer, 'close');
  }
});

test('who is revoked while his socket is silent is closed with 4401, and his place is free again', async (t) => {
  const revoked = new Set<string>();
  const usual = served;
  served = await serveTenants(
    undefined,
    ({ subject }) => {
      if (revoked.has(subject)) throw new Fault('TOKEN_INVALID', {});
      return {};
    },
    { beatMs: 1_000, authorizeWithinMs: 60_000, sockets: { perTenant: 3 } },
  );
  t.after(async () => {
    await served.close();
    served = usual;
  });
  const own = [await signedIn(acme, { subject: 'ann' }), await signedIn(acme, { subject: 'ann' }), await signedIn()];
  const ends = own.slice(0, 2).map(closed);
  revoked.add('ann');
  assert.deepEqual(await Promise.all(ends), [4401, 4401]);
  assert.equal(own[2]?.readyState, WebSocket.OPEN);
  own.push(await signedIn());
  const again = await opened();
  again.send(JSON.stringify({ authorization: await served.token(acme, { subject: 'ann' }) }));
  assert.equal(await closed(again), 4401);
  await closeAll(own);
});

test('meta and dry-run take of the tenant’s rate as over REST; another tenant’s is its own', async () => {
  const [one, other] = [await signedIn(), await signedIn(globex)];
  const ask = async (socket: WebSocket, message: object) => {
    const heard = new Promise<{ status: number; message: { code?: string } }>((resolve) => {
      const listen = (data: unknown) => {
        const frame = JSON.parse(String(data)) as { messageId?: string; status: number; message: { code?: string } };
        if (frame.messageId === undefined) return;
        socket.off('message', listen);
        resolve(frame);
      };
      socket.on('message', listen);
    });
    socket.send(JSON.stringify({ messageId: 1, ...message }));
    const { status, message: body } = await heard;
    return status === 200 ? 200 : body.code;
  };
  const check = { method: 'dry-run', params: { query: { measures: ['users.user_count'] } } };
  for (let at = 0; at < 5; at += 1)
    assert.deepEqual([await ask(one, check), await ask(one, { method: 'meta' })], [200, 200]);
  for (const message of [check, { method: 'meta' }]) assert.equal(await ask(one, message), 'QUOTA_EXCEEDED');
  const last = served.audit.slice(-2).map(({ action, code }) => [action, code]);
  assert.deepEqual(last, [
    ['query.check', 'QUOTA_EXCEEDED'],
    ['model.read', 'QUOTA_EXCEEDED'],
  ]);
  assert.equal(await ask(other, { method: 'meta' }), 200);
  await assert.rejects(
    async () => served.semanticLayer.explain(await served.access(acme), { measures: ['users.user_count'] }),
    { code: 'QUOTA_EXCEEDED' },
  );
  await closeAll([one, other]);
});

test('behind TLS a page of the public address may open sockets, answers say HSTS, and the trail has the caller’s own address', async () => {
  const own = open('192.0.2.9', { origin: 'https://tessera.example', host: 'upstream:4000' });
  await once(own, 'open');
  assert.deepEqual(await refused(open('192.0.2.9', { origin: 'https://evil.example' })), [403, undefined]);
  await closeAll([own]);
  const headers = { 'x-forwarded-for': '10.1.1.1, 192.0.2.9' };
  const answer = await fetch(`${served.url}/cubejs-api/v1/meta`, { headers });
  assert.deepEqual([answer.status, served.audit.at(-1)?.from], [401, '192.0.2.9']);
  assert.equal(answer.headers.get('strict-transport-security'), 'max-age=31536000');
});
