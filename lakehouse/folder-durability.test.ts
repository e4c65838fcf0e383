// "Acknowledged" means on the disk: the file and the folder that names it are synced before the caller hears of it. Watched at Node's own file calls.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, beforeEach, it } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import type { ObjectStore } from './contract.ts';
import { tenantKey } from './keys.ts';

type Files = typeof import('node:fs');
const files = createRequire(import.meta.url)('node:fs') as { -readonly [K in keyof Files]: Files[K] };
const { openSync, fsync, renameSync, linkSync } = files;
const calls: string[] = [];
let folder: string;
let store: ObjectStore;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folder-durable-'));
  const short = (path: unknown) => relative(folder, String(path)).replace(/^\.partial\/.+/, '(partial)') || '.';
  const opened = new Map<number, string>();
  files.openSync = (path, ...rest) => {
    const file = openSync(path, ...rest);
    opened.set(file, short(path));
    return file;
  };
  files.fsync = ((file: number, done: (error: Error | null) => void) =>
    fsync(file, (error) => {
      calls.push(`sync ${opened.get(file)}`);
      done(error);
    })) as Files['fsync'];
  files.renameSync = (from, to) => {
    renameSync(from, to);
    calls.push(`name ${short(to)}`);
  };
  files.linkSync = (from, to) => {
    linkSync(from, to);
    calls.push(`name ${short(to)}`);
  };
  syncBuiltinESMExports();
  store = (await import('./folder-store.ts')).createFolderStore(folder);
});
after(async () => {
  Object.assign(files, { openSync, fsync, renameSync, linkSync });
  syncBuiltinESMExports();
  await rm(folder, { recursive: true });
});
beforeEach(() => void calls.splice(0));

const key = (name: string) => tenantKey(must(parseTenant('acme-corp')), 'raw', 'jira', name);

/** Bytes first, then the name, then the folder that holds the name. */
function isDurable(content: string, name: string): void {
  const order = [`sync ${content}`, `name ${name}`, `sync ${dirname(name)}`].map((call) => calls.lastIndexOf(call));
  assert.ok(
    order.every((at) => at >= 0),
    calls.join(', '),
  );
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
    calls.join(', '),
  );
}

it('a put is synced before it is acknowledged, and so is every folder that it made', async () => {
  await store.put(key('a'), new Uint8Array(9));
  isDurable('(partial)', key('a'));
  for (const made of ['.', 'tenant-acme-corp', 'tenant-acme-corp/raw']) assert.ok(calls.includes(`sync ${made}`), made);
});

it('a commit (put if absent) is synced before it is acknowledged, also for the one who lost (attack 169)', async () => {
  assert.equal(await store.putIfAbsent(key('b'), new Uint8Array(9)), true);
  isDurable('(partial)', key('b'));
  calls.splice(0);
  assert.equal(await store.putIfAbsent(key('b'), new Uint8Array(9)), false);
  assert.equal(calls.at(-1), `sync ${dirname(key('b'))}`);
});

it('a finished local file is synced where it lies, then named, then its folder is synced', async () => {
  const local = join(folder, 'written-elsewhere.parquet');
  await writeFile(local, 'rows');
  await store.putFile(key('c'), local);
  isDurable('written-elsewhere.parquet', key('c'));
});
