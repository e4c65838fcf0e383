// Rounds of the pipeline: one at a time, tenants in turn, and an end that waits for what runs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must, parseTenant, type Tenant } from '@tessera/base';
import { startSchedule } from './schedule.ts';

const tenants = ['acme-corp', 'globex-inc'].map((name) => must(parseTenant(name)));
const never = 2 ** 31 - 1;

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

test('a round under way is joined, so that no tenant runs twice at once', async () => {
  const ran: Tenant[] = [];
  const { open, opened } = gate();
  const schedule = startSchedule(
    () => tenants,
    async (tenant) => {
      ran.push(tenant);
      await opened;
    },
    never,
  );
  const rounds = [schedule.runAll(), schedule.runAll()];
  open();
  await Promise.all(rounds);
  assert.deepEqual(ran, tenants);
  await schedule.runAll();
  assert.deepEqual(ran, [...tenants, ...tenants]);
  await schedule.stop();
});

test('stop waits for the tenant that runs, and begins no other', async () => {
  const ran: Tenant[] = [];
  const { open, opened } = gate();
  const schedule = startSchedule(
    () => tenants,
    async (tenant) => {
      await opened;
      ran.push(tenant);
    },
    never,
  );
  const round = schedule.runAll();
  const stopped = schedule.stop();
  assert.deepEqual(ran, []);
  open();
  await Promise.all([round, stopped]);
  assert.deepEqual(ran, tenants.slice(0, 1));
});

test('rounds come by themselves, again and again', async () => {
  const third = gate();
  let n = 0;
  const schedule = startSchedule(
    () => tenants.slice(0, 1),
    async () => {
      n += 1;
      if (n === 3) third.open();
    },
    1,
  );
  // The schedule's own timer keeps no program alive: this one does, for the test.
  const alive = setInterval(() => {}, 1000);
  await third.opened;
  clearInterval(alive);
  await schedule.stop();
});
