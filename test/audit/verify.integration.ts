// The verifier names the first record that is not as it was written, whatever was done to the store.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { observeNothing, systemClock, type Tenant } from '@tessera/base';
import { createAudit, eraseSubject, readAudit, readAuditPage, readNewestAudit, verifyAudit } from '@tessera/security';
import { falsify } from './falsify.ts';
import { begin, makeScene, writeFiles } from './scene.ts';
import { type Scene, tampers, victim } from './tampers.ts';

const acme = 'acme-corp' as Tenant;
const now = new Date(begin + 3_600_000);
const folders: string[] = [];
let scene: Scene;
before(async () => {
  scene = await makeScene();
});
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** In memory where there is such a folder: thousands of small files are written. */
async function copy(): Promise<string> {
  const folder = await mkdtemp(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'verify-'));
  folders.push(folder);
  await writeFiles(folder, scene.files);
  return folder;
}

test('a trail that nobody touched is good, every record of it signed', async () => {
  const verdicts = await verifyAudit({ folder: await copy(), now });
  assert.deepEqual(
    verdicts.map(({ tenant, ok, records, signed }) => ({ tenant, ok, records, signed })),
    ['acme-corp', 'globex-inc'].map((tenant) => ({ tenant, ok: true, records: scene.records, signed: scene.records })),
  );
});

test('attack 180: 2,000 falsifications of every kind are found, each at its first record; the other tenant stays good', async () => {
  const folder = await copy();
  const missed = await falsify(folder, scene, now, 2_000, 7);
  assert.deepEqual(missed, []);
});

test('every kind of falsification is one that the verifier has a name for', async () => {
  const folder = await copy();
  const said = new Map<string, string | undefined>();
  for (const [kind, tamper] of Object.entries(tampers)) {
    const { files } = tamper(scene, () => 0);
    await writeFiles(folder, files, scene.files);
    said.set(kind, (await verifyAudit({ folder, tenant: victim, now }))[0]?.problem);
    await writeFiles(folder, scene.files, files);
  }
  for (const [kind, problem] of said) assert.ok(problem, kind);
});

test('a key kept elsewhere unmasks a store that was made anew, key and all', async () => {
  const folder = await copy();
  const kept = await readFile(path.join(folder, 'head-key.pub.pem'), 'utf8');
  const fresh = await makeScene();
  await writeFiles(folder, fresh.files, scene.files);
  assert.equal(
    (await verifyAudit({ folder, now })).every(({ ok }) => ok),
    true,
  );
  assert.equal(
    (await verifyAudit({ folder, now, publicKey: kept })).every(({ ok }) => !ok),
    true,
  );
});

test('attack 185: a person is erased by an act in the trail; chain and verdict stay good, and nothing of them is left in the files', async () => {
  const folder = await copy();
  const audit = await createAudit({ folder, writer: 'cli', now: systemClock, observe: observeNothing });
  const erased = await eraseSubject({ folder, tenant: acme, subject: 'person-1', by: 'operator', audit });
  await audit.close();
  assert.equal(erased, 4);
  const verdicts = await verifyAudit({ folder, tenant: acme, now: new Date() });
  assert.deepEqual(
    verdicts.map(({ writer, ok, erased: gone, problem }) => ({ writer, ok, gone, problem })),
    [
      { writer: 'cli', ok: true, gone: 0, problem: undefined },
      { writer: 'server', ok: true, gone: 4, problem: undefined },
    ],
  );
  const items = [];
  for await (const item of readAudit(folder, { tenant: acme })) items.push(item);
  assert.equal(items.filter(({ subject }) => subject === 'person-1').length, 0);
  assert.equal(items.filter(({ erased: by }) => by === 'cli:1').length, 4);
  for (const { sequence } of items.filter(({ erased: by }) => by)) assert.ok(sequence > 0);
  const text = await readFile(path.join(folder, 'acme-corp/server/000000000001.jsonl'), 'utf8');
  assert.doesNotMatch(text, /person-1/);
  // The server goes on with the same chain.
  const server = await createAudit({ folder, now: systemClock, observe: observeNothing });
  await server.append({ tenant: acme, kind: 'decision', action: 'query', door: 'rest', decision: 'allowed' });
  await server.close();
  assert.equal(
    (await verifyAudit({ folder, now: new Date() })).every(({ ok }) => ok),
    true,
  );
});

test('reading filters by time, act and person, goes on where a page ended, and never leaves the tenant', async () => {
  const folder = await copy();
  const first = await readAuditPage(folder, { tenant: acme, subject: 'person-2' }, 3);
  assert.equal(first.items.length, 3);
  const rest = await readAuditPage(folder, { tenant: acme, subject: 'person-2', after: first.next }, 10);
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ sequence }) => sequence),
    [3, 6, 15, 22],
  );
  assert.equal(rest.next, undefined);
  const since = new Date(first.items[1]?.at ?? '');
  const until = new Date(rest.items[0]?.at ?? '1970-01-01');
  const between = await readAuditPage(folder, { tenant: acme, since, until }, 100);
  assert.ok(between.items.every(({ at }) => at >= since.toISOString() && at < until.toISOString()));
  assert.deepEqual(
    [between.items[0]?.sequence, between.items.at(-1)?.sequence],
    [6, rest.items[0] && rest.items[0].sequence - 1],
  );
  assert.ok(between.items.every(({ tenant }) => tenant === 'acme-corp'));
  assert.equal((await readAuditPage(folder, { tenant: 'initech' }, 10)).items.length, 0);
  assert.equal((await readAuditPage(folder, { tenant: acme, action: 'export' }, 10)).items.length, 0);
});

test('the newest acts come newest first, as many as are asked for, and are the end of what reading on from the oldest gives', async () => {
  const folder = await copy();
  const all = (await readAuditPage(folder, { tenant: acme }, 1000)).items.map(({ sequence }) => sequence);
  for (const most of [1, 3, all.length, all.length + 5]) {
    const { items, next } = await readNewestAudit(folder, { tenant: acme }, most);
    assert.deepEqual(
      items.map(({ sequence }) => sequence),
      all.slice(-most).reverse(),
    );
    assert.equal(next, undefined);
  }
  assert.deepEqual((await readNewestAudit(folder, { tenant: 'initech' }, 10)).items, []);
});
