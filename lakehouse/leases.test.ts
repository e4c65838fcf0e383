// Leases between real processes on one folder: one worker a tenant, and nothing late from one that was overtaken.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import { createFolderStore } from './folder-store.ts';
import { type LeaseWorld, openLeases } from './leases.ts';

const tenant = must(parseTenant('acme-corp'));
function folderOf(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-leases-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
type Answer = { readonly done: unknown } | { readonly refused: string };
async function worker(t: TestContext, folder: string, holder: string, ttlMs: number) {
  const child: ChildProcess = fork(path.join(import.meta.dirname, 'testing', 'lease-worker.ts'), [
    folder,
    holder,
    String(ttlMs),
  ]);
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return {
    child,
    async say(order: string): Promise<Answer> {
      child.send(order);
      const [answer] = (await once(child, 'message')) as [Answer];
      return answer;
    },
  };
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('two workers never hold one tenant, and the late release of one that slept through its lease is refused', async (t) => {
  const folder = folderOf(t);
  const [a, b] = await Promise.all([worker(t, folder, 'a', 400), worker(t, folder, 'b', 60_000)]);
  assert.deepEqual(await a.say('take'), { done: 1 });
  assert.deepEqual(await a.say('publish'), { done: 1 });
  assert.deepEqual(await b.say('take'), { done: null });
  // A stops breathing, as a machine does that is suspended, and does not know it.
  a.child.kill('SIGSTOP');
  let taken: Answer = { done: null };
  for (let tries = 0; tries < 100 && 'done' in taken && taken.done === null; tries += 1) {
    await wait(50);
    taken = await b.say('take');
  }
  assert.deepEqual(taken, { done: 2 });
  a.child.kill('SIGCONT');
  assert.deepEqual(await a.say('publish'), { refused: 'LEASE_LOST' });
  assert.deepEqual(await a.say('append'), { refused: 'LEASE_LOST' });
  assert.deepEqual(await a.say('beat'), { refused: 'LEASE_LOST' });
  await a.say('release');
  assert.deepEqual(await b.say('publish'), { done: 2 }, 'what the other gave back was not ours');
  assert.deepEqual(await b.say('append'), { done: 0 });
  assert.deepEqual(await a.say('take'), { done: null });
});

test('the lease of a process that was killed is taken at once; one given back, too', async (t) => {
  const folder = folderOf(t);
  const a = await worker(t, folder, 'a', 3_600_000);
  assert.deepEqual(await a.say('take'), { done: 1 });
  const gone = once(a.child, 'exit');
  a.child.kill('SIGKILL');
  await gone;
  const b = await worker(t, folder, 'b', 3_600_000);
  assert.deepEqual(await b.say('take'), { done: 2 });
  assert.deepEqual(await b.say('release'), { done: null });
  assert.deepEqual(await b.say('take'), { done: 3 });
});

test('of workers that begin at the same moment one gets it', async (t) => {
  const folder = folderOf(t);
  const world = realWorld();
  const all = Array.from({ length: 16 }, () => openLeases(createFolderStore(folder), tenant, world));
  const taken = await Promise.all(all.map((leases, n) => leases.take({ holder: String(n), ttlMs: 60_000 })));
  assert.equal(taken.filter((lease) => lease !== undefined).length, 1);
});

function realWorld(more: Partial<LeaseWorld> = {}): LeaseWorld {
  return {
    now: () => new Date(),
    monotonic: () => performance.now(),
    hasEnded: () => undefined,
    process: 'elsewhere/1/1',
    ...more,
  };
}

test('a clock that was set back keeps a dead worker’s lease alive no longer than its time; heartbeats keep it', async (t) => {
  const folder = folderOf(t);
  let now = Date.parse('2026-01-01T12:00:00Z');
  let ticks = 0;
  const world = realWorld({ now: () => new Date(now), monotonic: () => ticks });
  const [one, other] = [1, 2].map(() => openLeases(createFolderStore(folder), tenant, world));
  const lease = await one?.take({ holder: 'one', ttlMs: 60_000 });
  now -= 6 * 3_600_000;
  const take = () => other?.take({ holder: 'other', ttlMs: 60_000 });
  assert.equal(await take(), undefined);
  ticks += 50_000;
  await lease?.beat();
  assert.equal(await take(), undefined);
  ticks += 50_000;
  assert.equal(await take(), undefined, 'it was alive 50 s ago');
  ticks += 11_000;
  assert.equal((await take())?.fence, 2);
  await assert.rejects(lease?.check() ?? Promise.resolve(), { code: 'LEASE_LOST' });
});
