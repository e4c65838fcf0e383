// The main job, end to end: npm start's own composition on an empty folder, three tenants, and every exact answer of the demo over REST.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { must, parseTenant, readSettings, type TesseraEvent } from '@tessera/base';
import { startTessera } from '@tessera/cli/start-tessera.ts';
import { mintDemoToken } from '@tessera/demo';
import { emptyHome, keepLoaded, leaveHome } from '../loaded-home.ts';
import { asTruth, load, readTruth } from './truth.ts';
import { askInSql, asSql, unordered } from './truth-in-sql.ts';

const root = path.join(import.meta.dirname, '..', '..');
const tenants = ['acme-corp', 'globex-inc', 'initech'] as const;
const events: TesseraEvent[] = [];
let home: string;
let settings: ReturnType<typeof readSettings>;
let tessera: Awaited<ReturnType<typeof startTessera>>;

before(
  async () => {
    home = await emptyHome();
    settings = readSettings({ TESSERA_HOME: home, TESSERA_PORT: '0', TESSERA_SQL_PORT: '0', TESSERA_DEMO_PORT: '0' });
    tessera = await startTessera(settings, (event) => events.push(event));
    assert.equal((await fetch(`${tessera.url}/livez`)).status, 200);
    assert.equal((await fetch(`${tessera.url}/readyz`)).status, 503, 'not ready before the first releases');
    await tessera.ready;
    await keepLoaded(home);
  },
  { timeout: 580_000 },
);
after(async () => {
  await tessera?.close();
  await leaveHome(home);
});

const token = (tenant: string, ttlSeconds = 600) =>
  mintDemoToken(
    { ...settings, demoPort: Number(new URL(tessera.demoUrl ?? '').port) },
    { tenant: must(parseTenant(tenant)), user: `analyst@${tenant}.example`, groups: ['analyst'], ttlSeconds },
  );
const get = async (route: string, tenant?: string) =>
  fetch(tessera.url + route, { headers: tenant ? { authorization: `Bearer ${await token(tenant)}` } : {} });

for (const tenant of tenants) {
  test(`every answer for ${tenant} is the one computed from the generator's own facts`, async (t) => {
    const truth = await readTruth(home, tenant);
    assert.ok(truth.cases.length >= 30);
    const bearer = await token(tenant);
    for (const { name, query, rows } of truth.cases) {
      await t.test(name, async () => {
        const { status, body } = await load(tessera.url, bearer, query);
        assert.equal(status, 200, body.error);
        assert.deepEqual(asTruth(body.data ?? [], rows), rows);
      });
    }
  });
}

test('SQL gives what REST gives, to the digit, for every answer of a tenant', async () => {
  const { cases } = await readTruth(home, 'initech');
  const bearer = await token('initech');
  const asked = cases.flatMap(({ query }) => {
    const inSql = asSql(query as unknown as Parameters<typeof asSql>[0]);
    return inSql ? [{ query, ...inSql }] : [];
  });
  assert.ok(asked.length >= 30, `${asked.length} cases in SQL`);
  const user = encodeURIComponent('analyst@initech.example');
  const answers = await askInSql(`postgresql://${user}:${bearer}@127.0.0.1:${tessera.sqlPort}/initech`, asked);
  for (const [i, { query, sql, names }] of asked.entries()) {
    const { body } = await load(tessera.url, bearer, query);
    assert.deepEqual(unordered(answers[i] ?? [], names), unordered(body.data ?? [], names), sql);
  }
});

test('it is ready, and tells whose data it has and how fresh it is', async () => {
  assert.equal((await get('/readyz')).status, 200);
  const status = (await (await get('/api/v1/tenant', 'initech')).json()) as {
    tenant: string;
    timeZone: string;
    sources: { source: string; status: string; checkedAt: string; newestOccurredAt: string }[];
  };
  assert.equal(status.tenant, 'initech');
  assert.equal(status.timeZone, 'Asia/Kolkata');
  assert.deepEqual(
    status.sources.map(({ source }) => source),
    ['okta', 'intune', 'jamf', 'elasticsearch', 'jira'],
  );
  for (const { source, status: told, checkedAt, newestOccurredAt } of status.sources) {
    // On a Sunday morning nobody has signed in to a host of this small tenant for a day.
    const isQuiet = Date.parse(checkedAt) - Date.parse(newestOccurredAt) > 24 * 3_600_000;
    assert.equal(told, isQuiet ? 'quiet' : 'fresh', source);
  }
});

test('the source registry is served, and lists what each connector is granted', async () => {
  const { sources } = (await (await get('/api/v1/sources', 'initech')).json()) as {
    sources: { source: string; scopes: string[]; streams: object[] }[];
  };
  assert.equal(sources.length, 5);
  for (const { scopes, streams } of sources) assert.ok(scopes.length > 0 && streams.length > 0);
});

test('nothing is answered without a token, and a path that is not listed is 404', async () => {
  for (const route of ['/api/v1/tenant', '/api/v1/sources', '/cubejs-api/v1/meta', '/cubejs-api/v1/load?query={}']) {
    const answer = await get(route);
    assert.equal(answer.status, 401, route);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
  }
  for (const route of [
    '/cubejs-system/v1/context',
    '/playground/context',
    '/cubejs-api/v1/sql',
    '/cubejs-api/v1/cubesql',
    '/api/v1/x',
  ]) {
    assert.equal((await get(route, 'initech')).status, 404, route);
  }
});

test('an unknown member is 403 and named, like one that is hidden', async () => {
  const { status, body } = await load(tessera.url, await token('initech'), { measures: ['users.secret'] });
  assert.equal(status, 403);
  assert.equal(body.code, 'MEMBER_DENIED');
  assert.match(body.error ?? '', /users\.secret/);
});

test('the vendors were never asked faster than they allow', async () => {
  const violations = (await (await fetch(`${tessera.demoUrl}/demo/violations`)).json()) as Record<string, number>;
  assert.deepEqual(violations, { okta: 0, intune: 0, jamf: 0, elasticsearch: 0, jira: 0 });
});

test('vendors failed on their schedule, calls were repeated, and no source failed', () => {
  assert.ok(events.some(({ event }) => event === 'page.retried'));
  assert.deepEqual(
    events.filter(({ event }) => event === 'source.failed'),
    [],
  );
});

test('the commands of "How to query the API" work as they are written', async () => {
  const guide = await readFile(
    path.join(import.meta.dirname, '..', '..', 'docs', 'how-to', 'query-the-api.md'),
    'utf8',
  );
  const commands = [...guide.matchAll(/```sh\n([\s\S]+?)```/g)].map(([, block]) => block);
  assert.equal(commands.length, 4);
  const script = ['set -euo pipefail', ...commands].join('\necho\n').replaceAll('http://127.0.0.1:4000', tessera.url);
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: path.join(import.meta.dirname, '..', '..'),
    env: { ...process.env, TESSERA_HOME: home, TESSERA_DEMO_PORT: new URL(tessera.demoUrl ?? '').port },
  });
  const [meta, data, status] = stdout
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  assert.equal(meta.cubes.length, 10);
  assert.ok(Number(data.data[0]['users.mfa_population']) > 500);
  assert.equal(status.tenant, 'acme-corp');
});

test('the commands of "How to embed a dashboard" work as they are written, and what they mint opens once', async () => {
  const guide = await readFile(path.join(root, 'docs', 'how-to', 'embed.md'), 'utf8');
  const [commands, ...others] = [...guide.matchAll(/```sh\n([\s\S]+?)```/g)].map(([, block]) => block);
  const [, list] = /`npm run -s tessera -- (audit list [^`]+)`/.exec(guide) ?? [];
  assert.ok(commands && list && others.length === 0);
  const env = { ...process.env, TESSERA_HOME: home, TESSERA_DEMO_PORT: new URL(tessera.demoUrl ?? '').port };
  const run = async (script: string) =>
    (await promisify(execFile)('bash', ['-c', `set -euo pipefail\n${script}`], { cwd: root, env })).stdout;
  const minted = JSON.parse(await run(commands.replaceAll('http://127.0.0.1:4000', tessera.url)));
  assert.match(minted.url, /^\/embed\/overview\/[\w-]+#/);
  const page = await fetch(tessera.url + minted.url);
  assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors http:\/\/localhost:4300(;|$)/);
  const open = () =>
    fetch(`${tessera.url}/api/v1/embeds/exchange`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: minted.token }),
    });
  assert.deepEqual([(await open()).status, (await open()).status], [200, 409]);
  assert.match(await run(`npm run -s tessera -- ${list}`), /embed\.open/);
});

test('a run with nothing new writes nothing and keeps the release', async () => {
  // A tenant's one lease object goes by another number after each run; there is never a second one.
  const nameless = (name: string) => name.replace(/leases\/\d+\.json$/, 'leases/n.json');
  const list = async () => (await readdir(path.join(home, 'lake'), { recursive: true })).map(nameless).sort();
  await tessera.runAll();
  const before = await list();
  const releasesBefore = events.filter(({ event }) => event === 'release.published').length;
  await tessera.runAll();
  assert.deepEqual(await list(), before);
  assert.equal(events.filter(({ event }) => event === 'release.published').length, releasesBefore);
});

test('a taken port stops a second start with one sentence that names the setting (attack 200)', async () => {
  const port = new URL(tessera.url).port;
  await assert.rejects(startTessera({ ...settings, port: Number(port) }), {
    code: 'PORT_TAKEN',
    message: /TESSERA_PORT/,
  });
});

test('a right that is taken away by command is gone within a second or two, token or not, and can be given back', async () => {
  const bearer = await token('initech');
  const subject = JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString()).sub as string;
  const ask = async () =>
    (await fetch(`${tessera.url}/api/v1/tenant`, { headers: { authorization: `Bearer ${bearer}` } })).status;
  const tell = (verb: string) =>
    promisify(execFile)(
      process.execPath,
      [path.join(root, 'cli', 'main.ts'), 'access', verb, '--tenant', 'initech', '--subject', subject],
      { env: { ...process.env, TESSERA_HOME: home } },
    );
  const until = async (status: number) => {
    for (let i = 0; i < 100 && (await ask()) !== status; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    return ask();
  };
  assert.equal(await ask(), 200);
  await tell('revoke');
  assert.equal(await until(401), 401);
  assert.equal((await get('/api/v1/tenant', 'globex-inc')).status, 200, 'nobody else is touched');
  await tell('restore');
  assert.equal(await until(200), 200);
});
