// The keyring on a key file: the contract, and what only a file can do wrong.
import assert from 'node:assert/strict';
import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { bytes, keyringContract, temporaryFolder, tenant, withCode, words } from './keyring.contract.ts';
import { createKeyring } from './keyring.ts';
import { createLocalMaster } from './local-master.ts';
import { openKeyring } from './open-keyring.ts';

const acme = tenant('acme-corp');
keyringContract('key file', async () => undefined, 100);

test('a master key file is made for its owner alone, and one that others may read is refused', async (t) => {
  const folder = await temporaryFolder(t);
  const ring = openKeyring({ folder });
  await ring.check();
  const sealed = await ring.seal(acme, 'secret', 'a', bytes('x'));
  for (const file of ['master.json', 'tenants/acme-corp.json'])
    assert.equal((await stat(path.join(folder, file))).mode & 0o777, 0o600);
  for (const mode of [0o640, 0o604, 0o620]) {
    await chmod(path.join(folder, 'master.json'), mode);
    await assert.rejects(openKeyring({ folder }).check(), withCode('KEY_FILE_OPEN'));
    await assert.rejects(openKeyring({ folder }).open(acme, 'secret', 'a', sealed), withCode('KEY_FILE_OPEN'));
  }
});

test('a lost or damaged master key is said, and never replaced by a new one', async (t) => {
  const folder = await temporaryFolder(t);
  const sealed = await openKeyring({ folder }).seal(acme, 'secret', 'a', bytes('x'));
  const master = path.join(folder, 'master.json');
  const kept = await readFile(master);
  await rm(master);
  await assert.rejects(
    openKeyring({ folder }).seal(tenant('globex-inc'), 'secret', 'a', bytes('x')),
    withCode('MASTER_KEY_MISSING'),
  );
  await assert.rejects(openKeyring({ folder }).open(acme, 'secret', 'a', sealed), withCode('MASTER_KEY_MISSING'));
  await writeFile(master, kept.subarray(0, 20), { mode: 0o600 });
  await assert.rejects(openKeyring({ folder }).open(acme, 'secret', 'a', sealed), withCode('MASTER_KEY_MISSING'));
  await writeFile(master, kept);
  assert.equal(words(await openKeyring({ folder }).open(acme, 'secret', 'a', sealed)), 'x');
});

test('a rotation that breaks off anywhere leaves everything readable, and is done again by the next', async (t) => {
  const tenants = ['a', 'b', 'c', 'd'].map(tenant);
  for (let stop = 0; stop <= tenants.length; stop++) {
    const folder = await temporaryFolder(t);
    const ring = openKeyring({ folder });
    const sealed = new Map<string, Uint8Array>();
    for (const of of tenants) sealed.set(of, await ring.seal(of, 'secret', 'n', bytes(of)));
    const local = createLocalMaster(folder, async () => false);
    let wrapped = 0;
    const failing = createKeyring({
      folder,
      master: {
        ...local,
        wrap: (of, key) => (wrapped++ === stop ? Promise.reject(new Error('power cut')) : local.wrap(of, key)),
        retire: () => Promise.reject(new Error('power cut')),
      },
    });
    await assert.rejects(failing.rotate(), /power cut/);
    const readAll = async () => {
      const after = openKeyring({ folder });
      for (const of of tenants)
        assert.equal(words(await after.open(of, 'secret', 'n', sealed.get(of) ?? new Uint8Array())), of);
    };
    await readAll();
    await ring.rotate();
    await readAll();
    const { versions } = JSON.parse(await readFile(path.join(folder, 'master.json'), 'utf8')) as { versions: object };
    assert.equal(Object.keys(versions).length, 1, 'only the newest master key is left');
  }
});

test('an old copy of a wrapped key is worth nothing once a rotation has followed', async (t) => {
  const folder = await temporaryFolder(t);
  const ring = openKeyring({ folder });
  const sealed = await ring.seal(acme, 'secret', 'a', bytes('x'));
  const file = path.join(folder, 'tenants/acme-corp.json');
  const copy = await readFile(file);
  await ring.erase(acme);
  await ring.rotate();
  await writeFile(`${file}.new`, copy, { mode: 0o600 });
  await rename(`${file}.new`, file);
  await assert.rejects(ring.open(acme, 'secret', 'a', sealed), withCode('MASTER_KEY_MISSING'));
});

test('keys made at once for one tenant by several processes are one key', async (t) => {
  const folder = await temporaryFolder(t);
  const rings = Array.from({ length: 5 }, () => openKeyring({ folder }));
  const keys = await Promise.all(rings.map((ring) => ring.derive(acme, 'mask')));
  assert.equal(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size, 1);
});

test('a lock that a dead process left is taken over', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'lock'), '999999999');
  await openKeyring({ folder }).seal(acme, 'secret', 'a', bytes('x'));
});
