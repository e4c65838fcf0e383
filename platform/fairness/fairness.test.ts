// Turns, quotas and hang-ups, by a clock that the test sets and work that ends when the test says so.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Fault, must, parseTenant, type Quota, quotaSchema, type Tenant } from '@tessera/base';
import express, { type ErrorRequestHandler } from 'express';
import fc from 'fast-check';
import { createFairness, fairRoute, limitBody, limitConnections, serverOptions } from '../index.ts';
import { createTokenBucket } from './token-bucket.ts';

const tenant = (name: string) => must(parseTenant(name));
const [acme, globex] = [tenant('acme-corp'), tenant('globex-inc')];
const plain: Quota = { concurrent: 2, queued: 3, perMinute: 60_000, weight: 1 };
const quotaExceeded = { code: 'QUOTA_EXCEEDED', status: 429, sqlstate: '53400' };

function world(quotas: Partial<Record<string, Partial<Quota>>> = {}, places = 3) {
  let at = 0;
  const fairness = createFairness({
    quotaOf: (one) => ({ ...plain, ...quotas[one] }),
    places,
    now: () => at,
  });
  const ends: { readonly tenant: Tenant; readonly end: () => void }[] = [];
  /** Work that goes on until the test ends it. */
  const ask = (who: Tenant, signal?: AbortSignal) =>
    fairness.admit(who, () => new Promise<void>((resolve) => ends.push({ tenant: who, end: resolve })), signal);
  return {
    fairness,
    ask,
    started: () => ends.map(({ tenant: who }) => who),
    async endOne() {
      ends.shift()?.end();
      for (let i = 0; i < 5; i += 1) await turn();
    },
    wait: (ms: number) => {
      at += ms;
    },
  };
}

test('attack 188: however much a tenant asks, another finds a free place at once', async () => {
  const { ask, started, endOne } = world();
  const all = [ask(acme), ask(acme), ask(acme), ask(acme), ask(acme)];
  await assert.rejects(ask(acme), quotaExceeded);
  all.push(ask(globex));
  await turn();
  assert.deepEqual(started(), [acme, acme, globex]);
  for (let i = 0; i < 6; i += 1) await endOne();
  await Promise.all(all);
});

test('attack 188: one request too many is refused at once, while all places are taken, with the time to wait', async () => {
  const { ask, fairness, wait } = world({ [acme]: { perMinute: 60, concurrent: 100 } }, 100);
  const taken = Array.from({ length: 10 }, () => ask(acme));
  // Nothing has ended and no time has passed: the refusal waited for nothing.
  await assert.rejects(ask(acme), { ...quotaExceeded, params: { limit: '60 requests a minute', waitSeconds: 1 } });
  assert.deepEqual(fairness.rate(acme), { perMinute: 60, left: 0, waitSeconds: 1 });
  wait(1000);
  taken.push(ask(acme));
  await assert.rejects(ask(acme), quotaExceeded);
  assert.equal(fairness.counts().running, 11);
});

test('those who wait take turns by their weight, not by how many they are', async () => {
  const initech = tenant('initech');
  const quota = { concurrent: 1000, queued: 1000 };
  const { ask, started, endOne } = world({ [acme]: quota, [globex]: { ...quota, weight: 3 }, [initech]: quota }, 1);
  void ask(acme);
  for (let i = 0; i < 100; i += 1) void ask(acme);
  for (let i = 0; i < 20; i += 1) void ask(globex);
  for (let i = 0; i < 20; i += 1) void ask(initech);
  await turn();
  const order: Tenant[] = [];
  for (let i = 0; i < 26; i += 1) {
    order.push(...started());
    await endOne();
  }
  const share = (who: Tenant) => order.slice(1).filter((one) => one === who).length;
  assert.deepEqual([share(acme), share(globex), share(initech)], [5, 15, 5]);
});

test('no mix of asking, ending and hanging up goes beyond a limit, loses a place or lets anybody starve', async () => {
  const tenants = [acme, globex, tenant('initech')];
  const act = fc.record({ who: fc.nat(2), what: fc.constantFrom('ask', 'ask', 'end', 'hang up') });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60 }), fc.nat(3), async (acts, morePlaces) => {
      const places = 1 + morePlaces;
      const { fairness, ask, endOne, started } = world({ [globex]: { weight: 2 } }, places);
      const callers: AbortController[] = [];
      const answers: Promise<unknown>[] = [];
      for (const { who, what } of acts) {
        const one = tenants[who] ?? acme;
        if (what === 'ask') {
          const caller = new AbortController();
          callers.push(caller);
          answers.push(ask(one, caller.signal).catch((error: unknown) => assert.ok(error instanceof Fault)));
        } else if (what === 'end') await endOne();
        else callers.splice(who, 1)[0]?.abort();
        await turn();
        const { running, waiting } = fairness.counts();
        assert.ok(running <= places);
        for (const each of tenants) assert.ok(started().filter((x) => x === each).length <= plain.concurrent);
        // Nobody waits beside a free place that he may have.
        if (running < places && waiting > 0) assert.ok(running >= plain.concurrent);
      }
      while (started().length > 0) await endOne();
      await Promise.all(answers);
      assert.deepEqual({ ...fairness.counts(), tenants: 0 }, { running: 0, waiting: 0, tenants: 0 });
    }),
    { numRuns: 60 },
  );
});

test('a bucket never gives more than its capacity and its rate allow, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5_000, max: 20_000 }), { maxLength: 100 }), (steps) => {
      const bucket = createTokenBucket(10, 60, 0);
      let [at, given, forward] = [0, 0, 0];
      for (const step of steps) {
        at += step;
        if (step > 0) forward += step;
        if (bucket.take(at)) given += 1;
      }
      assert.ok(given <= 10 + forward / 1000 + 1e-6);
    }),
  );
});

test('attack 196: what is remembered of tenants that are quiet is bounded', async () => {
  const { fairness, wait } = world();
  for (let i = 0; i < 5_000; i += 1) {
    await fairness.admit(tenant(`t${i}`), async () => {});
    wait(10);
  }
  assert.ok(fairness.counts().tenants <= 1_001);
});

/** The middleware before a route that answers when the test says so. */
async function door(t: TestContext, quota: Partial<Quota> = {}) {
  const fairness = createFairness({ quotaOf: () => ({ ...plain, ...quota }), places: 3, now: () => 0 });
  const waiting: (() => void)[] = [];
  const app = express();
  app.use(limitBody);
  app.post(
    '/load',
    fairRoute(fairness, () => acme),
    express.json({ limit: '1mb' }),
    (_, response) => void waiting.push(() => response.json({})),
  );
  app.post('/closed', () => {
    throw new Fault('TOKEN_MISSING', {});
  });
  const present: ErrorRequestHandler = (error: { status?: number }, _request, response, _next) =>
    void response.status(error.status ?? 500).end();
  app.use(present);
  const server = createServer(
    { ...serverOptions, headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
    app,
  );
  limitConnections(server, 20);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const url = `http://127.0.0.1:${port}`;
  const post = (signal: AbortSignal | null = null) =>
    fetch(`${url}/load`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' }, signal });
  return { fairness, waiting, port, url, until, post };
}

test('the example of the documentation is a quota', async () => {
  const page = await readFile(path.join(import.meta.dirname, '../../docs/how-to/limit-a-tenant.md'), 'utf8');
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const { quota } = JSON.parse(example) as { quota: unknown };
  assert.equal(quotaSchema.partial().parse(quota).weight, 3);
});

test('an answer tells what is left, and a refusal when to come again', async (t) => {
  const { post, waiting, until } = await door(t, { perMinute: 6 });
  const first = post();
  await until(() => waiting.length === 1);
  const refused = await post();
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), '10');
  assert.equal(refused.headers.get('ratelimit'), '"tenant";r=0;t=10');
  waiting.shift()?.();
  const answered = await first;
  assert.equal(answered.status, 200);
  assert.equal(answered.headers.get('ratelimit-policy'), '"tenant";q=6;w=60');
});

test('a refusal leaves the line open: who asks again by the same one is answered', async (t) => {
  const { port, waiting, until } = await door(t, { perMinute: 6 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const post = async () => {
    const sent = httpRequest({
      port,
      path: '/load',
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json' },
    });
    sent.end('{}');
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return [answer.statusCode, sent.reusedSocket];
  };
  const first = post();
  await until(() => waiting.length === 1);
  waiting.shift()?.();
  assert.deepEqual(await first, [200, false]);
  for (let i = 0; i < 5; i += 1) assert.deepEqual(await post(), [429, true]);
});

test('attack 194: a caller who hangs up gives his place, or his place in the queue, to the next', async (t) => {
  const { post, waiting, fairness, until } = await door(t);
  const callers = Array.from({ length: 4 }, () => new AbortController());
  const answers = callers.map(({ signal }) => post(signal).catch(() => undefined));
  await until(() => fairness.counts().running === 2 && fairness.counts().waiting === 2);
  callers[3]?.abort();
  await until(() => fairness.counts().waiting === 1);
  callers[0]?.abort();
  await until(() => waiting.length === 3);
  assert.deepEqual(fairness.counts(), { running: 2, waiting: 0, tenants: 1 });
  for (const answer of waiting) answer();
  await Promise.all(answers);
  await until(() => fairness.counts().running === 0);
});

test('attack 192: a body that says it is too large is 413 before anybody looks at it, and the line is closed', async (t) => {
  const { port, fairness } = await door(t);
  const request = httpRequest({ port, path: '/load', method: 'POST', headers: { 'content-length': 50_000_000 } });
  request.on('error', () => {});
  request.write('{');
  const [response] = (await once(request, 'response')) as [{ statusCode: number; headers: { connection?: string } }];
  assert.deepEqual([response.statusCode, response.headers.connection], [413, 'close']);
  assert.equal(fairness.counts().running, 0);
});

test('attack 192: a compressed body is measured unpacked', async (t) => {
  const { url } = await door(t);
  const { gzipSync } = await import('node:zlib');
  const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
  const answer = await fetch(`${url}/load`, {
    method: 'POST',
    body: bomb,
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  });
  assert.equal(answer.status, 413);
});

test('attack 192: who is refused is not listened to any longer, however long his body', async (t) => {
  const { port } = await door(t);
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => {});
  let said = '';
  socket.on('data', (chunk) => (said += String(chunk)));
  socket.write('POST /closed HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n');
  await once(socket, 'close');
  assert.match(said, /^HTTP\/1\.1 401 /);
});

test('attack 192: headers and bodies that never end are cut off', async (t) => {
  const { port } = await door(t);
  for (const beginning of [
    'POST /load HTTP/1.1\r\nhost: x\r\nx-slow: ',
    'POST /load HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
  ]) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    let said = '';
    socket.on('data', (chunk) => (said += String(chunk)));
    socket.write(beginning);
    await once(socket, 'close');
    assert.match(said, /^(HTTP\/1\.1 4\d\d |$)/);
  }
});

test('attack 192: connections beyond the limit are closed, and the others are served', async (t) => {
  const { port, url, until } = await door(t);
  let closed = 0;
  const idle = Array.from({ length: 40 }, () => connect(port, '127.0.0.1'));
  for (const socket of idle) {
    socket.on('error', () => {});
    socket.on('close', () => (closed += 1));
    socket.resume();
  }
  await until(() => closed >= 20);
  for (const socket of idle) socket.destroy();
  await until(() => closed === 40);
  assert.equal((await fetch(`${url}/closed`, { method: 'POST' })).status, 401);
});
