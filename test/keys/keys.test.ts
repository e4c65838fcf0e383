// Keys, over the whole path: what a run leaves on disk, what it never says, and what is left of a tenant whose key was erased.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { fixedClock, must, observeAsJsonLines, parseTenant, readSettings } from '@tessera/base';
import { connectors, createWeb, thisMachine } from '@tessera/ingest';
import { createServing, revealTokens, type ServingDoor } from '@tessera/lakehouse';
import { parseTenantConfig, type RunOutcome, runTenant } from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';
import { eraseKey } from '../../cli/erase-key.ts';
import { type Lakes, openLakes } from '../../cli/open-lakes.ts';
import { servedTables, unlessErased, withoutErased } from '../../cli/wire-keys.ts';
import { authDocument, searchAnswer } from '../../ingest/elasticsearch/healthy-elasticsearch.ts';
import { type StubAnswer, type StubCall, stubVendor } from '../../ingest/stub-vendor.ts';

const acme = must(parseTenant('acme-corp'));
const globex = must(parseTenant('globex-inc'));
/** Nothing else in the world has these. */
const secret = Buffer.from(`id:canary-${randomUUID()}`).toString('base64');
const refused = `canary-${randomUUID()}`;
const person = `canary-${randomUUID()}@example.test`;
const bad = `canary-${randomUUID()}`;
const forms = (canary: string) =>
  [canary, Buffer.from(canary).toString('base64').slice(0, -4), Buffer.from(canary).toString('hex')].map((form) =>
    Buffer.from(form),
  );

/** An Elasticsearch that has one good document and one without a time, and a Jira that repeats the credential that it refuses. */
function answer(call: StubCall): StubAnswer {
  if (call.path.startsWith('/rest/'))
    return { status: 401, body: { error: `no such credential: ${call.headers.authorization} ${refused}` } };
  if (call.headers.authorization !== `ApiKey ${secret}`) return { status: 401, body: { error: call.headers } };
  if (call.path === '/_security/user/_privileges')
    return {
      body: { cluster: [], indices: [{ names: ['logs-*'], privileges: ['read', 'view_index_metadata'] }], run_as: [] },
    };
  if (call.path.endsWith('/_has_privileges')) return { body: { index: { 'logs-*': { read: true } } } };
  if (call.path.includes('/_pit')) return { body: call.method === 'DELETE' ? { succeeded: true } : { id: 'pit-1' } };
  const isFirst = !call.body.includes('search_after');
  const hits = [
    authDocument('good', { user: { name: person } }),
    authDocument('bad', { user: { name: bad }, '@timestamp': 'no time', event: { category: ['authentication'] } }),
  ];
  return { body: searchAnswer(isFirst ? hits : []) };
}

let home: string;
let lakes: Lakes;
let serving: ServingDoor;
let outcome: RunOutcome;
const said: string[] = [];

before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-erase-'));
  lakes = await openLakes(readSettings({ TESSERA_HOME: home }));
  serving = createServing({
    folder: path.join(home, 'serving'),
    tables: servedTables,
    maskKeyOf: lakes.keys.maskKeyOf,
  });
  await lakes.keys.secrets.set(acme, 'elastic', secret);
  await lakes.keys.secrets.set(acme, 'jira', refused);
});
after(async () => {
  serving.close();
  lakes.close();
  await rm(home, { recursive: true });
});

/** Files below the folders that hold one of the canaries, in clear, base64 or hex. */
async function holding(canaries: readonly string[], ...folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders)
    for (const entry of await readdir(path.join(home, folder), { recursive: true, withFileTypes: true }).catch(
      () => [],
    )) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const bytes = await readFile(file);
      if (canaries.flatMap(forms).some((form) => bytes.includes(form))) found.push(path.relative(home, file));
    }
  return found.sort();
}

test('attack 153: a run with sealed secrets leaves none of them in events, outcomes, errors or any file, whatever the vendor repeats', async (t: TestContext) => {
  const vendor = await stubVendor(t, answer);
  const config = parseTenantConfig(
    {
      tenant: acme,
      displayName: 'Acme',
      timeZone: 'Europe/Paris',
      orgId: 'acme-hq',
      connections: [
        { source: 'elasticsearch', settings: { url: vendor.url }, secrets: { apiKey: { sealed: 'elastic' } } },
        {
          source: 'jira',
          settings: { url: vendor.url, email: 'reader@acme.example' },
          secrets: { apiToken: { sealed: 'jira' } },
        },
      ],
    },
    'the test',
  );
  const now = fixedClock('2026-01-01T00:00:00Z');
  const observe = observeAsJsonLines((line) => said.push(line));
  const models = await loadProject();
  const { engine, keys } = lakes;
  outcome = await runTenant(
    {
      lake: lakes.openLake(acme),
      engine,
      connectors,
      web: createWeb({ networks: thisMachine }),
      env: {},
      secretOf: keys.secretOf,
      now,
      sleep: async () => {},
      observe,
      serving,
      models,
    },
    config,
  );
  const failed = outcome.sources.flatMap(({ source, report }) =>
    report.failed.map(({ fault }) => [source, fault.code]),
  );
  assert.ok(
    failed.every(([source, code]) => source === 'jira' && code === 'VENDOR_REFUSED'),
    String(failed),
  );
  assert.ok(failed.length > 0);
  assert.ok(outcome.sources.some(({ source, report }) => source === 'elasticsearch' && report.failed.length === 0));
  const basic = Buffer.from(`reader@acme.example:${refused}`).toString('base64');
  const everything = `${said.join('')} ${JSON.stringify(outcome)} ${JSON.stringify(process.report?.getReport() ?? {})}`;
  for (const canary of [secret, refused, basic])
    for (const form of forms(canary)) assert.equal(everything.includes(form.toString()), false);
  assert.deepEqual(await holding([secret, refused, basic], '.'), []);
});

test('what vendors sent is on disk under the tenant’s key alone: pages, their sidecars and quarantined records', async () => {
  assert.deepEqual(await holding([person, bad], `lake/tenant-${acme}/raw`, `lake/tenant-${acme}/quarantine`), []);
  const lake = lakes.openLake(acme);
  const [entry] = await lake.raw.list('elasticsearch', 'auth_logs');
  assert.ok(entry);
  assert.match(Buffer.from(await lake.raw.read(entry)).toString(), new RegExp(person));
  assert.deepEqual(await readdir(path.join(home, 'scratch', 'opened')), [], 'nothing that was opened is left');
  const records = (await lake.quarantine.list()).map(({ record }) => record);
  assert.match(records.join(), new RegExp(bad));
  const [value] = await serving.query(
    acme,
    'select actor_login_token as token from fact_auth_event where actor_login is not null',
  );
  assert.match(String(value?.token), /^person_/);
  assert.deepEqual(
    (await revealTokens(serving, servedTables, acme, [String(value?.token)])).map((revealed) => revealed.value),
    [person],
  );
});

test('a page that was stored before there were keys is read as it is; one that is put in another’s place is not', async () => {
  const lake = lakes.openLake(acme);
  const [entry, other] = await lake.raw.list('elasticsearch', 'auth_logs');
  assert.ok(entry);
  const plain = await openLakes({ ...readSettings({ TESSERA_HOME: home }), seal: 'off' });
  try {
    const page = {
      source: 'okta',
      stream: 'users',
      run: 'old',
      page: 1,
      receivedAt: new Date('2026-01-01'),
      request: 'GET /',
      status: 200,
      cursor: 'null',
      body: new TextEncoder().encode('[{"id":"before-there-were-keys"}]'),
    } as const;
    const old = await plain.openLake(acme).raw.put(page);
    const read = async (paths: readonly string[]) =>
      lakes.engine.query(`select id from read_json(${JSON.stringify(paths).replaceAll('"', "'")})`);
    assert.deepEqual(await lake.raw.localPaths([old], read), [{ id: 'before-there-were-keys' }]);
    assert.equal(
      (await plain.openLake(acme).raw.read(entry)).length > 0,
      true,
      'and what is sealed is read without sealing',
    );
    const at = (key: string) => path.join(home, 'lake', key);
    const sealed = await readFile(at(entry.key));
    await writeFile(at(old.key), sealed);
    await assert.rejects(lake.raw.read(old), /cannot be opened/);
    assert.equal(other === undefined || other.key !== entry.key, true);
  } finally {
    plain.close();
  }
});

test('attack 84: a tenant whose key is erased is unreadable, byte by byte, in every process, and its name is dead; its neighbour is as before', async () => {
  const lake = lakes.openLake(acme);
  const [entry] = await lake.raw.list('elasticsearch', 'auth_logs');
  assert.ok(entry);
  // A copy that somebody kept of everything sealed: only the key makes it worthless.
  const kept = await readFile(path.join(home, 'lake', entry.key));
  const keptSecrets = await readFile(path.join(home, 'secrets', 'acme-corp.json'));
  await lakes.keys.secrets.set(globex, 'elastic', 'neighbour');
  assert.notDeepEqual(await holding([person], '.'), [], 'until then tables and the serving copy hold it');

  const settings = readSettings({ TESSERA_HOME: home });
  const erasing = await openLakes(settings);
  const erased = await eraseKey(settings, erasing.keys, erasing.store, acme);
  erasing.close();
  assert.ok(erased.objects > 10);
  assert.equal(erased.left, 0);

  const whole = ['lake', 'secrets', 'serving', 'keys', 'scratch'];
  assert.deepEqual(await holding([person, bad, secret, refused], ...whole), []);
  await mkdir(path.dirname(path.join(home, 'lake', entry.key)), { recursive: true });
  await writeFile(path.join(home, 'lake', entry.key), kept);
  await writeFile(path.join(home, 'secrets', 'acme-corp.json'), keptSecrets, { mode: 0o600 });
  await assert.rejects(lake.raw.read(entry), { code: 'KEY_ERASED' });
  await assert.rejects(lakes.keys.secrets.read(acme, 'elastic'), { code: 'KEY_ERASED' });
  assert.equal(await lakes.keys.secrets.read(globex, 'elastic'), 'neighbour');

  await assert.rejects(unlessErased(lakes.keys, serving, acme), { code: 'KEY_ERASED' });
  await assert.rejects(serving.query(acme, 'select 1'), { code: 'NOT_SERVED' });
  const again = parseTenantConfig(
    { tenant: acme, displayName: 'Acme again', timeZone: 'UTC', orgId: 'x', connections: [] },
    'the test',
  );
  const told: string[] = [];
  assert.deepEqual(await withoutErased(lakes.keys, [again], (event) => told.push(JSON.stringify(event))), []);
  assert.match(told.join(), /run\.failed.*KEY_ERASED/);
});

test('what a dead process had opened is removed at the next start', async () => {
  const left = path.join(home, 'scratch', 'opened', '999999999-x');
  await mkdir(left, { recursive: true });
  await appendFile(path.join(left, '0.json.zst'), 'x');
  (await openLakes(readSettings({ TESSERA_HOME: home }))).close();
  assert.deepEqual(await readdir(path.join(home, 'scratch', 'opened')), []);
});
