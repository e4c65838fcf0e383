// The canary end to end: pages over HTTP, the real pipeline, a served release and the REST interface; every lie on the way is found.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Fault, fixedClock, type TesseraEvent } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import { createEngine, createFolderStore, createServing, openTenantLake } from '@tessera/lakehouse';
import { parseTenantConfig, runTurn } from '@tessera/pipeline';
import { createHttpApp } from '@tessera/platform';
import { loadProject } from '@tessera/transforms';
import { createTesseraCube } from '../../cube.js';
import { tesseraPolicy } from '../tessera-policy.ts';
import { servedTables } from '../wire-keys.ts';
import { canaryTenant, openCanary } from './canary.ts';
import { startKnownVendor } from './known-vendor.ts';
import { eventsBetween, slotMs } from './known-world.ts';

test('the canary is right from page to answer, sees what is missing, and its token opens nothing else', async (t) => {
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-canary-'));
  const now = fixedClock('2026-03-01T10:02:00Z');
  const engine = await createEngine({ scratch: path.join(home, 'scratch') });
  const serving = createServing({ tables: servedTables, folder: path.join(home, 'serving') });
  const lake = openTenantLake(createFolderStore(path.join(home, 'lake')), engine, canaryTenant, now);
  const events: TesseraEvent[] = [];
  const observe = (event: TesseraEvent) => void events.push(event);
  let loses = 0;
  const canary = await openCanary({ home }, [], () =>
    startKnownVendor((since, upTo) => eventsBetween(since, upTo).slice(loses)),
  );
  const seen: string[] = [];
  const verifyToken = canary.admit(async (token) => {
    seen.push(token);
    throw new Fault('TOKEN_INVALID', {});
  });
  const { decideRights } = tesseraPolicy();
  const cube = await createTesseraCube({ serving, verifyToken, decideRights, observe });
  const app = await createHttpApp({
    ...{ verifyToken, decideRights, mountCube: cube.mount, application: import.meta.dirname, observe },
    appConfig: { issuer: 'https://issuer.example', clientId: 'x', audience: 'x' },
    ...{ sources: [], status: () => undefined, waitingFor: () => [] },
    audit: { append: async () => ({ sequence: 1 }), note: () => {} },
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await canary.close();
    await cube.close();
    serving.close();
    engine.close();
    await rm(home, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const needs = {
    ...{ lake, engine, connectors, web: canary.web, env: {}, now, observe, serving },
    sleep: async () => {},
    models: await loadProject(),
  };
  const run = async () => {
    const turn = await runTurn(needs, canary.config, { holder: 'test', ttlMs: 60_000 });
    assert.equal(turn.state, 'ran');
  };
  const check = () => canary.check({ url, run, now, observe });

  const first = await check();
  assert.deepEqual([first.right, first.step, first.found], [true, 'numbers', first.expected]);
  now.set(new Date(now().getTime() + slotMs));
  const second = await check();
  assert.ok(second.right && (second.expected.SUCCESS ?? 0) > (first.expected.SUCCESS ?? 0), 'a new page, a new number');

  loses = 1;
  now.set(new Date(now().getTime() + slotMs));
  const third = await check();
  assert.deepEqual([third.right, third.step], [false, 'numbers'], 'one event that is lost is seen');
  const fourth = await canary.check({ url: 'http://127.0.0.1:1', run, now, observe });
  assert.deepEqual([fourth.right, fourth.step], [false, 'answer']);
  const broken = () => Promise.reject(new Error('no'));
  assert.equal((await canary.check({ url, run: broken, now, observe })).step, 'page to release');
  const checked = events.flatMap((event) => (event.event === 'canary.checked' ? [event.right] : []));
  assert.deepEqual(checked, [true, true, false, false, false]);

  await assert.rejects(verifyToken('canary_AAAA'), { code: 'TOKEN_INVALID' });
  assert.deepEqual(seen, ['canary_AAAA'], 'the canary’s own tokens reach no other verifier, others do');
  const taken = parseTenantConfig(
    { tenant: 'canary', displayName: 'C', timeZone: 'UTC', orgId: 'c', connections: [] },
    'x',
  );
  await assert.rejects(openCanary({ home }, [taken]), { code: 'SETTING_INVALID' });
});
