// Rows that wait for a slow client: in their order, whole, within memory and disk, and gone when nobody wants them.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Fault } from '@tessera/base';
import fc from 'fast-check';
import { createSpool, type Part } from './spool.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tessera-spool-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const limits = { heldBytes: 64, fileBytes: 100_000 };
const part = (sizes: readonly number[], i: number): Part => ({
  rows: i,
  arrays: sizes.map((size) => Buffer.alloc(size, i)),
});

test('whatever is put comes out whole and in its order, however putting and taking alternate; nothing of it has a name', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(sizes, fc.integer({ min: 0, max: 3 })), { maxLength: 30 }), async (steps) => {
      const spool = createSpool(folder, limits);
      const put: Part[] = [];
      const taken: (Part | undefined)[] = [];
      for (const [i, [each, takes]] of steps.entries()) {
        put.push(part(each, i));
        await spool.put(part(each, i));
        for (let n = 0; n < takes && taken.length < put.length; n += 1) taken.push(await spool.take());
      }
      assert.deepEqual(await readdir(folder), []);
      spool.end();
      while (taken.length < put.length) taken.push(await spool.take());
      assert.deepEqual(taken, put);
      assert.equal(await spool.take(), undefined);
      spool.close();
    }),
    { numRuns: 50 },
  );
});

test('a taker waits for what comes; a fault comes behind the rows that were put before it', async () => {
  const spool = createSpool(folder, limits);
  const waiting = spool.take();
  await spool.put(part([10], 1));
  assert.deepEqual(await waiting, part([10], 1));
  await spool.put(part([10], 2));
  spool.end(new Fault('QUERY_TIMEOUT', { timeoutMs: 5 }));
  assert.deepEqual(await spool.take(), part([10], 2));
  await assert.rejects(spool.take(), { code: 'QUERY_TIMEOUT' });
  spool.close();
});

test('more than the disk’s share is refused; who closes it ends the wait of the taker, and later parts are dropped', async () => {
  const full = createSpool(folder, { heldBytes: 0, fileBytes: 30 });
  await full.put(part([20], 1));
  await assert.rejects(full.put(part([20], 2)), { code: 'SQL_ANSWER_TOO_LARGE' });
  full.close();
  const spool = createSpool(folder, limits);
  const waiting = spool.take();
  spool.close();
  await assert.rejects(waiting, { code: 'QUERY_CANCELLED' });
  await spool.put(part([1000], 3));
  assert.deepEqual(await readdir(folder), []);
});
