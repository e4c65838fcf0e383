// Attack 216: two servers on one home with two policies notice each other, and the one that was started first stops being ready.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixedClock, type TesseraEvent } from '@tessera/base';
import { claimSeat } from './claim-seat.ts';
import { joinPeers } from './join-peers.ts';

async function world(t: TestContext) {
  const home = await mkdtemp(path.join(tmpdir(), 'tessera-peers-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  const now = fixedClock(new Date('2026-03-01T12:00:00Z'));
  const later = (ms: number) => now.set(new Date(now().getTime() + ms));
  const start = async (policy: string) => {
    const heard: TesseraEvent['event'][] = [];
    const peers = await joinPeers({ home, policy, now, observe: ({ event }) => void heard.push(event) });
    t.after(() => peers.leave());
    later(1_000);
    return { ...peers, heard, code: () => peers.superseded()?.code };
  };
  return { home, start, later };
}

test('attack 216: two servers of one policy are both ready and say nothing', async (t) => {
  const { start } = await world(t);
  const [one, two] = [await start('3 abc'), await start('3 abc')];
  for (const peers of [one, two]) await peers.ready();
  for (const peers of [one, two]) {
    await peers.look();
    assert.deepEqual([peers.code(), peers.heard], [undefined, []]);
  }
});

test('attack 216: of two policies both tell, and the server that was started first is not ready once the other one is', async (t) => {
  const { start } = await world(t);
  const old = await start('3 abc');
  await old.ready();
  const next = await start('4 def');
  await old.look();
  assert.equal(old.code(), undefined, 'nobody else could answer yet');
  await next.ready();
  await old.look();
  assert.deepEqual([old.code(), next.code()], ['POLICY_SUPERSEDED', undefined]);
  for (const { heard } of [old, next]) assert.deepEqual([...new Set(heard)], ['policy.differs']);
  await old.leave();
  await next.look();
  assert.equal(next.heard.at(-1), 'policy.agrees');
});

test('attack 216: a server that went without a word counts for two minutes, and not for ever', async (t) => {
  const { start, later, home } = await world(t);
  const old = await start('3 abc');
  await old.ready();
  const killed = await start('4 def');
  await killed.ready();
  await old.look();
  assert.equal(old.code(), 'POLICY_SUPERSEDED');
  later(121_000);
  await old.look();
  assert.equal(old.code(), undefined);
  assert.equal((await readdir(path.join(home, 'processes'))).length, 1);
});

test('attack 216: a note that is none is left out', async (t) => {
  const { start, home } = await world(t);
  const one = await start('3 abc');
  for (const [name, text] of [
    ['a.json', '{'],
    ['b.json', '{"policy":"x"}'],
    ['c.json', ''],
  ] as const)
    await writeFile(path.join(home, 'processes', name), text);
  await one.look();
  assert.equal(one.code(), undefined);
});

test('attack 201: two servers have seats of their own on one home, a third has none, and a seat that was left is free', async (t) => {
  const { home } = await world(t);
  const [one, two] = [await claimSeat(home), await claimSeat(home)];
  assert.deepEqual([one.writer, two.writer], ['server', 'server-2']);
  assert.notEqual(one.serving, two.serving);
  await assert.rejects(claimSeat(home), { code: 'HOME_BUSY' });
  await one.leave();
  const three = await claimSeat(home);
  assert.equal(three.writer, 'server');
  for (const seat of [two, three]) await seat.leave();
});
