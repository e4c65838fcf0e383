// What every object store must do, as tests; run on each implementation.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Fault, must, parseTenant } from '@tessera/base';
import fc from 'fast-check';
import type { ObjectKey, ObjectStore, StoredObject } from './contract.ts';
import { tenantKey } from './keys.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (body: Uint8Array | undefined) => (body === undefined ? undefined : new TextDecoder().decode(body));

/** Declares the suite; `open` makes an empty store and a way to end it. */
export function objectStoreContract(
  name: string,
  open: () => Promise<{ readonly store: ObjectStore; close(): Promise<void> }>,
): void {
  describe(`object store on ${name}`, () => {
    let store: ObjectStore;
    let close: () => Promise<void>;
    let folder: string;
    before(async () => {
      ({ store, close } = await open());
      folder = await mkdtemp(join(tmpdir(), 'store-contract-'));
    });
    after(async () => {
      await close();
      await rm(folder, { recursive: true });
    });
    let tenants = 0;
    const freshKey = () => {
      const tenant = must(parseTenant(`t${tenants++}`));
      return (...segments: string[]) => tenantKey(tenant, 'raw', ...segments);
    };
    const keysOf = async (prefix: ObjectKey, from?: ObjectKey) => {
      const keys: string[] = [];
      for await (const found of store.keys(prefix, from)) keys.push(found);
      return keys;
    };

    it('gives back what was put, and undefined for what was not', async () => {
      const key = freshKey();
      assert.equal(await store.get(key('a', 'b.txt')), undefined);
      await store.put(key('a', 'b.txt'), bytes('one'));
      await store.put(key('a', 'b.txt'), bytes('two'));
      assert.equal(textOf(await store.get(key('a', 'b.txt'))), 'two');
      await store.put(key('empty'), new Uint8Array());
      assert.deepEqual(await store.get(key('empty')).then((body) => body?.length), 0);
    });

    it('puts if absent once, and leaves what is there unchanged', async () => {
      const key = freshKey()('1.json');
      assert.equal(await store.putIfAbsent(key, bytes('first')), true);
      assert.equal(await store.putIfAbsent(key, bytes('second')), false);
      assert.equal(textOf(await store.get(key)), 'first');
    });

    it('lets exactly one of eight racing writers win', async () => {
      const key = freshKey()('race.json');
      const won = await Promise.all(Array.from({ length: 8 }, (_, i) => store.putIfAbsent(key, bytes(`writer ${i}`))));
      assert.equal(won.filter(Boolean).length, 1);
      assert.equal(textOf(await store.get(key)), `writer ${won.indexOf(true)}`);
    });

    it('takes a finished local file and hands out a local file with the same bytes', async () => {
      const key = freshKey()('part.parquet');
      const path = join(folder, 'made.parquet');
      await writeFile(path, 'columns');
      assert.equal(await store.putFile(key, path), 7);
      assert.equal(textOf(await store.get(key)), 'columns');
      assert.equal(await readFile(await store.localPath(key), 'utf8'), 'columns');
      await assert.rejects(readFile(path), { code: 'ENOENT' });
    });

    it('says OBJECT_MISSING when a local file is wanted of nothing', async () => {
      const key = freshKey()('nothing');
      await assert.rejects(store.localPath(key), (error) => error instanceof Fault && error.code === 'OBJECT_MISSING');
    });

    it('deletes, and deletes again without complaint', async () => {
      const key = freshKey()('gone');
      await store.put(key, bytes('x'));
      await store.delete(key);
      await store.delete(key);
      assert.equal(await store.get(key), undefined);
    });

    it('lists with size and time, under the prefix alone', async () => {
      const key = freshKey();
      const other = freshKey();
      await store.put(key('x', 'one'), bytes('123'));
      await store.put(other('x', 'two'), bytes('4'));
      const found: StoredObject[] = [];
      for await (const each of store.list(key(''))) found.push(each);
      assert.deepEqual(
        found.map((o) => [o.key, o.bytes]),
        [[key('x', 'one'), 3]],
      );
      assert(found[0]!.modifiedAt.getTime() > Date.UTC(2020, 0));
      assert.deepEqual(await keysOf(key('nowhere', '')), []);
    });

    it('lists in order of key, with folders and names interleaved, from any point on', async () => {
      const name = fc.stringMatching(/^[a-c][a-c._=-]{0,3}$/).filter((n) => !n.includes('..') && !n.endsWith('.'));
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 3 }), {
            maxLength: 10,
            selector: (p) => p.join('/'),
          }),
          fc.array(name, { minLength: 1, maxLength: 3 }),
          async (paths, from) => {
            const key = freshKey();
            // A name cannot be a folder and an object at once in a file system, so objects end in .o here and names that are folders too are left out.
            const keys = paths.map((path) => key(...path.slice(0, -1), `${path.at(-1)}.o`));
            const folders = new Set(keys.flatMap((k) => k.split('/').map((_, i, all) => all.slice(0, i).join('/'))));
            const kept = keys.filter((k) => !folders.has(k));
            for (const k of kept) await store.put(k, bytes('x'));
            const sorted = [...new Set<string>(kept)].sort();
            assert.deepEqual(await keysOf(key('')), sorted);
            const after = key(...from);
            assert.deepEqual(
              await keysOf(key(''), after),
              sorted.filter((k) => k > after),
            );
            const prefix = key(...from.slice(0, -1), (from.at(-1) ?? 'a').slice(0, 1));
            assert.deepEqual(
              await keysOf(prefix),
              sorted.filter((k) => k.startsWith(prefix)),
            );
          },
        ),
        { numRuns: 15 },
      );
    });
  });
}
