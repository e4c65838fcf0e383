// What stops a start in production, and that a stranger is let in nowhere.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { readSettings } from '@tessera/base';
import { mountedRoutes, probeRoutes } from '@tessera/platform';
import express from 'express';
import { bootSettings, checkBoot, checkIssuers, uncheckedWarning } from './boot-checks.ts';

const good = {
  NODE_ENV: 'production',
  TESSERA_ISSUER: 'https://login.example/oauth2/default',
  TESSERA_AUDIENCE: 'api://tessera.example',
  TESSERA_CLIENT_ID: '0oa1',
};
const boot = (env: Record<string, string | undefined>, more: object = {}) =>
  checkBoot({
    settings: bootSettings(readSettings(env), env),
    env,
    isDemo: false,
    secretNames: ['TESSERA_JIRA_TOKEN'],
    debugger: undefined,
    ...more,
  });

const wrongs: Readonly<Record<string, [Record<string, string | undefined>, RegExp, object?]>> = {
  "attack 28: Cube's development mode": [{ CUBEJS_DEV_MODE: 'true' }, /CUBEJS_DEV_MODE/],
  'attack 28: a playground secret': [{ CUBEJS_PLAYGROUND_AUTH_SECRET: 'val-4711' }, /CUBEJS_PLAYGROUND_AUTH_SECRET/],
  'attack 28: an empty secret of Cube': [{ CUBEJS_API_SECRET: '' }, /CUBEJS_API_SECRET/],
  'attack 28: a secret of Cube': [{ CUBEJS_API_SECRET: 'val-4711' }, /CUBEJS_API_SECRET/],
  'attack 28: another environment than production': [{ NODE_ENV: 'test', TESSERA_PRODUCTION: 'true' }, /NODE_ENV/],
  'no issuer': [{ TESSERA_ISSUER: undefined }, /TESSERA_ISSUER is not set/],
  'an issuer without https': [{ TESSERA_ISSUER: 'http://127.0.0.1:4100/oidc' }, /TESSERA_ISSUER is not https/],
  'no audience': [{ TESSERA_AUDIENCE: undefined }, /TESSERA_AUDIENCE/],
  'no client': [{ TESSERA_CLIENT_ID: '' }, /TESSERA_CLIENT_ID/],
  'the demo': [{}, /no tenant is configured/, { isDemo: true }],
  'one tenant that may keep all others out': [{ TESSERA_CONCURRENCY: '4' }, /TESSERA_CONCURRENCY/],
  'attack 216: a setting with a typing error': [{ TESSERA_ISUER: 'val-4711' }, /no setting TESSERA_ISUER/],
  'attack 217: a debugger': [{}, /--inspect/, { debugger: 'ws://127.0.0.1:9229/x' }],
};
for (const [what, [env, message, more]] of Object.entries(wrongs)) {
  test(`${what} stops a start in production with a sentence that repeats no value`, () => {
    assert.throws(
      () => boot({ ...good, ...env }, more),
      (fault: Error & { code?: string }) => {
        assert.equal(fault.code, 'BOOT_REFUSED');
        assert.match(fault.message, message);
        assert.doesNotMatch(fault.message, /val-4711/);
        return true;
      },
    );
  });
}

test('a sound start is allowed, with secrets by whatever name, and outside production nothing is asked', () => {
  boot({ ...good, TESSERA_JIRA_TOKEN: 'val-4711', CUBEJS_DEV_MODE: 'false' });
  boot({ ...good, NODE_ENV: undefined, TESSERA_PRODUCTION: 'true' });
  boot({ CUBEJS_DEV_MODE: 'true', NODE_ENV: 'test' }, { isDemo: true });
});

test('configured tenants are production unless it is said that they are not, which is told at each start; the demo is not', () => {
  const sloppy = { ...good, NODE_ENV: undefined, CUBEJS_DEV_MODE: 'true' };
  const warned = (env: Record<string, string | undefined>, isDemo: boolean) =>
    uncheckedWarning({ settings: bootSettings(readSettings(env), env), isDemo });
  assert.throws(() => boot(sloppy), { code: 'BOOT_REFUSED' });
  assert.throws(() => boot({ ...sloppy, TESSERA_PRODUCTION: '' }), { code: 'BOOT_REFUSED' });
  assert.equal(warned(sloppy, false), undefined);
  boot({ ...sloppy, TESSERA_PRODUCTION: 'false' });
  assert.match(warned({ ...sloppy, TESSERA_PRODUCTION: 'false' }, false) ?? '', /^TESSERA_PRODUCTION=false: /);
  boot(sloppy, { isDemo: true });
  for (const said of ['false', undefined])
    assert.equal(warned({ ...sloppy, TESSERA_PRODUCTION: said }, true), undefined);
  assert.throws(() => boot({ ...sloppy, NODE_ENV: 'production', TESSERA_PRODUCTION: 'false' }), {
    code: 'BOOT_REFUSED',
  });
});

test('a start in production that can check no token at all is refused; one issuer of two that is down is not', async (t) => {
  const { startIssuer, makeKey } = await import('../security/scripted-issuer.case.ts');
  const [up, down] = [await startIssuer(), await startIssuer()];
  t.after(() => up.close());
  up.publish([(await makeKey('k1')).jwk]);
  down.close();
  const settings = bootSettings(readSettings(good), good);
  const issuer = (url: string) => ({ issuer: url, audience: 'a', clients: ['c'], tenants: '*' as const });
  await assert.rejects(checkIssuers(settings, [issuer(down.url)]), { code: 'BOOT_REFUSED', message: /TESSERA_ISSUER/ });
  await checkIssuers(settings, [issuer(down.url), issuer(up.url)]);
});

/** The program as `npm start` runs it; what it said, and how it ended. */
async function start(t: TestContext, env: Readonly<Record<string, string>>, ...flags: string[]) {
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-boot-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const child = spawn(process.execPath, [...flags, path.join(import.meta.dirname, 'main.ts'), 'up'], {
    env: {
      PATH: process.env.PATH,
      TESSERA_HOME: home,
      TESSERA_PORT: '0',
      TESSERA_SQL_PORT: '0',
      TESSERA_DEMO_PORT: '0',
      ...env,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

test('attack 28: the program itself ends with one sentence and exit code 1', async (t) => {
  const [dev, demo] = await Promise.all([start(t, { ...good, CUBEJS_DEV_MODE: 'true' }), start(t, good)]);
  assert.deepEqual([dev.code, demo.code], [1, 1]);
  assert.match(dev.said, /^Not started: CUBEJS_DEV_MODE .*\n$/);
  assert.match(demo.said, /^Not started: no tenant is configured .*\n$/);
});

/** A door whose routes answer with these statuses. */
async function door(t: TestContext, statuses: Readonly<Record<string, number>>) {
  const app = express();
  for (const [route, status] of Object.entries(statuses)) {
    const [method = '', address = ''] = route.split(' ');
    app[method as 'get' | 'post' | 'delete'](address, (_, response) => void response.status(status).end());
  }
  app.get(/.*/, (_, response) => void response.status(404).end());
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return () => probeRoutes(url, 'https://login.example', mountedRoutes(app), new Set(['/livez']));
}

test('attack 28: the self-probe goes through every mounted route and wants 401 of each that is not public', async (t) => {
  await (await door(t, { 'get /livez': 200, 'get /load': 401, 'post /load': 401, 'delete /query/:id': 401 }))();
  for (const open of ['get /meta', 'post /load', 'delete /query/:id'])
    for (const status of [200, 403, 404, 500]) {
      const probe = await door(t, { 'get /livez': 200, 'get /load': 401, [open]: status });
      await assert.rejects(probe(), { code: 'SELF_PROBE_FAILED', params: { status, ...routeOf(open) } });
    }
});
const routeOf = (open: string) => {
  const [method = '', address = ''] = open.split(' ');
  return { method: method.toUpperCase(), path: address };
};

test("attack 29: the self-probe refuses to serve where one of Cube's system routes is there", async (t) => {
  for (const address of ['/cubejs-system/v1/context', '/playground/context', '/cubejs-api/v1/sql'])
    await assert.rejects((await door(t, { [`get ${address}`]: 200 }))(), { code: 'SELF_PROBE_FAILED' });
});
