// The folder store: the common contract, and what only files can get wrong.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { Fault, must, parseTenant } from '@tessera/base';
import { createFolderStore } from './folder-store.ts';
import { tenantKey } from './keys.ts';
import { objectStoreContract } from './object-store.contract.ts';

objectStoreContract('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folder-store-'));
  return { store: createFolderStore(folder), close: () => rm(folder, { recursive: true }) };
});

const acme = must(parseTenant('acme-corp'));

it('never shows a half-written file, wherever a writer is killed (attack 160)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folder-kill-'));
  const store = createFolderStore(folder);
  const size = 300_000;
  for (const afterMs of [30, 60]) {
    const writer = fork(join(import.meta.dirname, 'testing/endless-writer.ts'), [folder, String(size)]);
    await once(writer, 'message');
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    let seen = 0;
    for await (const found of store.list(tenantKey(acme, 'raw', ''))) {
      seen++;
      assert.equal(found.bytes, size);
      const body = (await store.get(found.key))!;
      assert(body.every((byte) => byte === body[0]));
    }
    assert(seen > 0);
  }
  await rm(folder, { recursive: true });
});

it('leaves nothing behind in its folder for partial files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folder-partial-'));
  const store = createFolderStore(folder);
  const key = tenantKey(acme, 'raw', 'a');
  await store.put(key, new Uint8Array(10));
  await store.putIfAbsent(key, new Uint8Array(10));
  assert.deepEqual(await readdir(join(folder, '.partial')), []);
  await rm(folder, { recursive: true });
});

it('says STORE_FAILED with the reason when the disk refuses (attack 162)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folder-refuses-'));
  await writeFile(join(folder, 'tenant-acme-corp'), 'a file where a folder must be');
  const store = createFolderStore(folder);
  await assert.rejects(store.put(tenantKey(acme, 'raw', 'a'), new Uint8Array(1)), (error) => {
    assert(error instanceof Fault && error.code === 'STORE_FAILED');
    assert.match(error.message, /could not write tenant-acme-corp\/raw\/a \((ENOTDIR|EEXIST)\)/);
    return true;
  });
  await rm(folder, { recursive: true });
});
