// A tenant's backup, restore, drill and erasure over the whole home: lake, key, secrets, configuration, serving copy.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixedClock, must, parseTenant, readSettings } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import { createFolderStore, type ObjectKey } from '@tessera/lakehouse';
import { parseTenantConfig, runTenant, runTurn } from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';
import { eraseWholeTenant } from '../../cli/erase-tenant.ts';
import { openLakes } from '../../cli/open-lakes.ts';
import { backUp, drill, restore } from '../../cli/tenant-backup.ts';
import {
  authDocument,
  elasticsearchKey,
  healthyElasticsearch,
  searchAnswer,
} from '../../ingest/elasticsearch/healthy-elasticsearch.ts';
import { stubVendor } from '../../ingest/stub-vendor.ts';

const acme = must(parseTenant('acme-corp'));
const globex = must(parseTenant('globex-inc'));

async function newHome(t: TestContext) {
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-copy-'));
  const settings = readSettings({ TESSERA_HOME: home });
  const lakes = await openLakes(settings);
  t.after(async () => {
    lakes.close();
    await rm(home, { recursive: true, force: true });
  });
  return { home, settings, lakes };
}

/** A home with a tenant that has run twice, a sealed secret, and a configuration. */
async function livingTenant(t: TestContext) {
  const made = await newHome(t);
  const { home, lakes } = made;
  let ids = ['a', 'b'];
  const vendor = await stubVendor(t, (call) =>
    /_search/.test(call.path) ? { body: searchAnswer(ids.map((id) => authDocument(id))) } : healthyElasticsearch(call),
  );
  const described = {
    tenant: 'acme-corp',
    displayName: 'Acme',
    timeZone: 'Europe/Paris',
    orgId: 'acme-hq',
    connections: [{ source: 'elasticsearch', settings: { url: vendor.url }, secrets: { apiKey: { sealed: 'es' } } }],
  };
  await mkdir(path.join(home, 'tenants'), { recursive: true });
  await writeFile(path.join(home, 'tenants', 'acme-corp.json'), JSON.stringify(described));
  await lakes.keys.secrets.set(acme, 'es', elasticsearchKey);
  const now = fixedClock('2026-01-01T00:00:00Z');
  const needs = {
    ...{ lake: lakes.openLake(acme), engine: lakes.engine, connectors, web: vendor.web, env: {}, now },
    secretOf: lakes.keys.secretOf,
    sleep: async () => {},
    observe: () => {},
    serving: { build: async () => {} },
    models: await loadProject(),
  };
  const config = parseTenantConfig(described, 'x');
  await runTenant(needs, config);
  ids = ['a', 'b', 'c'];
  now.set(new Date('2026-01-01T01:00:00Z'));
  await runTenant(needs, config);
  return { ...made, needs, config };
}

test('a backup is restored into another home with everything that is the tenant’s, and its drill finds every table the same', async (t) => {
  const { home, settings, lakes } = await livingTenant(t);
  const folder = await mkdtemp(path.join(tmpdir(), 'tessera-kept-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const kept = createFolderStore(folder);
  const told: number[] = [];
  const manifest = await backUp({ settings, lakes, tenant: acme, onProgress: ({ done }) => told.push(done) }, kept);
  assert.equal(manifest.release, 2);
  assert.equal(told.at(-1), told.length);
  assert.deepEqual(manifest.files.map(({ name }) => name).sort(), ['config.json', 'key.json', 'secrets.json']);
  const drilled = await drill({ settings, lakes, tenant: acme }, kept);
  assert.ok(drilled.samePolicy && drilled.tables.length > 5 && drilled.tables.every(({ same }) => same));
  assert.equal(drilled.tables.find(({ table }) => table === 'fact_auth_event')?.served, 3);
  assert.deepEqual(
    (await readdir(path.join(home, 'scratch'))).filter((name) => name.startsWith('drill')),
    [],
  );

  // The other home has the master key and nothing else.
  const other = await newHome(t);
  await assert.rejects(restore({ ...other, tenant: acme }, kept), { code: 'MASTER_KEY_MISSING' });
  await cp(path.join(home, 'keys'), path.join(other.home, 'keys'), {
    recursive: true,
    filter: (file) => !file.includes(`${path.sep}tenants`),
  });
  await assert.rejects(restore({ ...other, tenant: globex }, kept), { code: 'BACKUP_BROKEN' }, 'attack 218');
  await restore({ ...other, tenant: acme }, kept);
  assert.equal(await other.lakes.keys.secretOf(acme, 'es'), elasticsearchKey);
  const configured = (at: string) => readFile(path.join(at, 'tenants', 'acme-corp.json'), 'utf8');
  assert.equal(await configured(other.home), await configured(home));
  const [page] = await other.lakes.openLake(acme).raw.list('elasticsearch', 'auth_logs');
  assert.ok(
    page && (await other.lakes.openLake(acme).raw.read(page)).length > 0,
    'raw pages open with the key that came along',
  );
  await assert.rejects(restore({ ...other, tenant: acme }, kept), { code: 'RESTORE_NOT_EMPTY' });

  // A byte of one object: no drill passes.
  const key = manifest.objects.find((object) => object.key.endsWith('.parquet'))?.key as ObjectKey;
  const body = Buffer.from((await kept.get(key)) ?? []);
  body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
  await kept.put(key, body);
  await assert.rejects(drill({ settings, lakes, tenant: acme }, kept), { code: 'SEAL_BROKEN' });

  await eraseWholeTenant(settings, lakes, acme);
  await assert.rejects(
    drill({ settings, lakes, tenant: acme }, kept),
    { code: 'KEY_ERASED' },
    'erasure covers backups',
  );
  await assert.rejects(restore({ settings, lakes, tenant: acme }, kept), { code: 'KEY_ERASED' }, 'attack 84');
});

test('erasure waits for the run that is under way, begins no other, and leaves nothing that names the tenant', async (t) => {
  const { home, settings, lakes, needs, config } = await livingTenant(t);
  const other = lakes.openLake(globex);
  await other.control.put('note', { at: '', by: '', why: '' });
  const lake = lakes.openLake(acme);
  const lease = await lake.leases.take({ holder: 'a run', ttlMs: 60_000 });
  await assert.rejects(eraseWholeTenant(settings, lakes, acme, { tries: 2, waitMs: 1 }), { code: 'LEASE_HELD' });
  assert.ok((await lake.releases.latest()) !== undefined, 'nothing is deleted under a run');
  const turn = await runTurn(needs, config, { holder: 'x', ttlMs: 1000 });
  assert.equal(turn.state, 'paused', 'no other begins');
  setTimeout(() => void lease?.release(), 20);
  const proof = await eraseWholeTenant(settings, lakes, acme, { tries: 5000, waitMs: 5 });
  assert.ok(proof.objects > 50 && proof.bytes > 0);
  assert.deepEqual([proof.left, proof.paths], [0, []]);
  const left = await readdir(home, { recursive: true });
  assert.deepEqual(left.filter((name) => name.includes('acme-corp')).sort(), ['keys/tenants/acme-corp.json']);
  assert.ok(await other.control.get('note'), 'the others keep theirs');
  await assert.rejects(lakes.keys.maskKeyOf(acme), { code: 'KEY_ERASED' }, 'which each turn asks first');
  const again = await eraseWholeTenant(settings, lakes, acme);
  assert.deepEqual([again.left, again.paths], [0, []], 'broken off or repeated, it ends the same');
});
