// The platform's own interface takes its places from the same share as every other door, and strangers take none.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Fault, observeNothing, type Tenant } from '@tessera/base';
import type { Access } from '@tessera/security';
import { createHttpApp } from '../http-app.ts';
import { createFairness } from './create-fairness.ts';

const tenants: Readonly<Record<string, Tenant>> = { acme: 'acme-corp' as Tenant, globex: 'globex-inc' as Tenant };
const accessOf = (tenant: Tenant): Access => ({
  tenant,
  subject: 'u1',
  email: undefined,
  name: undefined,
  groups: ['viewer'],
  teams: [],
  amr: [],
  issuer: 'https://issuer.example',
  client: 'app',
  expiresAt: 4e9,
});

/** One question at once and six a minute; a route that answers when the test says so. */
async function open(t: TestContext, perMinute: number) {
  const fairness = createFairness({
    quotaOf: () => ({ concurrent: 1, queued: 1, perMinute, weight: 1 }),
    places: 2,
    now: () => 0,
  });
  const waiting: (() => void)[] = [];
  const app = await createHttpApp({
    appConfig: { issuer: 'https://issuer.example', clientId: 'app', audience: 'api' },
    sources: [],
    status: () => undefined,
    waitingFor: () => [],
    freshness: () => new Promise((resolve) => void waiting.push(() => resolve({}))),
    verifyToken: async (token) => {
      const tenant = tenants[token];
      if (!tenant) throw new Fault('TOKEN_INVALID', {});
      return accessOf(tenant);
    },
    decideRights: ({ groups }) => ({
      ...{ id: 'r', policy: 'p', roles: groups, masked: new Set(), rows: {} },
      members: { measures: new Set(), dimensions: new Map(), segments: new Set() },
      actions: new Set(['pipeline.read']),
    }),
    audit: { append: async () => ({ sequence: 1 }), note: () => {} },
    fairness,
    mountCube: () => {},
    application: import.meta.dirname,
    observe: observeNothing,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (path: string, token: string, signal: AbortSignal | null = null) =>
    fetch(url + path, { headers: { authorization: `Bearer ${token}` }, signal });
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return { fairness, waiting, get, until };
}

test('attack 188: who asks the platform too often is 429 with the time to come again; others and strangers are answered as ever', async (t) => {
  const { get, fairness } = await open(t, 6);
  const first = await get('/api/v1/sources', 'acme');
  assert.deepEqual(
    [first.status, first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')],
    [200, '"tenant";q=6;w=60', '"tenant";r=0;t=10'],
  );
  const refused = await get('/api/v1/sources', 'acme');
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '10']);
  assert.equal(refused.headers.get('ratelimit'), '"tenant";r=0;t=10');
  assert.equal(((await refused.json()) as { code: string }).code, 'QUOTA_EXCEEDED');
  for (let i = 0; i < 20; i += 1) assert.equal((await get('/api/v1/sources', 'nobody')).status, 401);
  assert.equal((await get('/api/v1/sources', 'globex')).status, 200);
  assert.equal(fairness.counts().running, 0);
});

test('attack 194: a place is given back with the answer, and a queued caller who hangs up leaves the queue', async (t) => {
  const { get, fairness, waiting, until } = await open(t, 6_000);
  const first = get('/api/v1/freshness', 'acme');
  await until(() => waiting.length === 1);
  const caller = new AbortController();
  const second = get('/api/v1/freshness', 'acme', caller.signal).catch(() => undefined);
  await until(() => fairness.counts().waiting === 1);
  assert.equal((await get('/api/v1/sources', 'acme')).status, 429);
  caller.abort();
  await until(() => fairness.counts().waiting === 0);
  waiting[0]?.();
  assert.equal((await first).status, 200);
  await second;
  await until(() => fairness.counts().running === 0);
  assert.equal(waiting.length, 1, 'nothing was asked for him');
});
