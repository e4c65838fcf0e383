// A source that is away for three hours (attack 142), and a clock that jumps (attack 170): others go on, everything comes in the end, once.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FaultyTenant, openFaultyTenant } from './faulty-tenant.ts';

const calm = { rate: 0, random: () => 0.5 };
/** Quarters of an hour. */
const outage = { from: 2, to: 13 };

function faultFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-outage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

async function turnOf(one: FaultyTenant, at: number) {
  one.at(at);
  const done = await one.turn();
  assert.ok(done.state === 'ran', `turn ${at} was ${done.state}`);
  return done.outcome;
}

/** Turns at one instant until one brings nothing more; how many. */
async function drain(one: FaultyTenant, at: number): Promise<number> {
  for (let turns = 1, before = await one.check(); ; turns += 1) {
    const { record } = await turnOf(one, at);
    assert.deepEqual(record.faults, []);
    const have = await one.check();
    if (have === before) return turns;
    assert.ok(turns < 40, 'every turn brings what the vendor has, to an end');
    before = have;
  }
}

test('a log that is away for three hours: devices of the same tenant and all of another one are on time, then it is read to its end, once', async (t) => {
  const folder = faultFolder(t);
  let isDown = false;
  const counts: Record<string, number> = {};
  const one = await openFaultyTenant(folder, { mood: { ...calm, isOkta503: () => isDown, counts } });
  const other = await openFaultyTenant(folder, { tenant: 'globex-inc', mood: calm });
  try {
    for (const each of [one, other]) await turnOf(each, 1);
    const before = await one.check();
    isDown = true;
    for (let at = outage.from; at <= outage.to; at += 1) {
      const { record, sources } = await turnOf(one, at);
      assert.deepEqual(
        record.faults.map(({ source }) => source),
        ['okta'],
      );
      const devices = sources.find(({ source }) => source === 'intune')?.report;
      assert.deepEqual([devices?.failed, devices?.streams[0]?.complete], [[], true]);
      await one.checkDevices();
      // The other one once an hour: its vendor answers, and it has all of it.
      if (at % 4 === 1) {
        await drain(other, at);
        await other.checkAll();
      }
    }
    assert.equal(await one.check(), before, 'nothing of the log came, and nothing of it went');
    assert.equal((await one.lake.deadLetters.list()).length, 1, 'one letter, however often it failed');
    assert.deepEqual(await other.lake.deadLetters.list(), []);

    isDown = false;
    const turns = await drain(one, outage.to + 1);
    assert.deepEqual(await one.lake.deadLetters.list(), []);
    const right = await one.checkAll();
    t.diagnostic(
      `3 h away, ${counts['calls during the outage']} calls refused; then ${right.events - before} events in ${turns} turns, 0 lost, 0 doubled; the other tenant had everything every hour`,
    );
  } finally {
    for (const each of [one, other]) await each.close();
  }
});

test('a clock that goes back by three hours, forth by seven and back by four loses and doubles nothing', async (t) => {
  const one = await openFaultyTenant(faultFolder(t), { mood: calm });
  try {
    for (const at of [1, 14]) await turnOf(one, at);
    const before = await one.check();
    for (const at of [2, 30, 14, 15]) {
      await turnOf(one, at);
      assert.ok((await one.check()) >= before, 'what was there stays');
    }
    await drain(one, 31);
    const right = await one.checkAll();
    t.diagnostic(
      `after jumps of -3 h, +7 h and -4 h: ${right.events} events and ${right.devices} devices, 0 lost, 0 doubled`,
    );
  } finally {
    await one.close();
  }
});
