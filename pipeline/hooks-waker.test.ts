// When what arrives wakes its tenant: laws over set clocks and invented turns.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { must, parseTenant, type Tenant } from '@tessera/base';
import fc from 'fast-check';
import { createWaker } from './hooks-waker.ts';

const acme = must(parseTenant('acme-corp'));
const globex = must(parseTenant('globex-inc'));
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A clock, its timers, and turns that each last so long. */
function scene(turnMs: number) {
  let now = 0;
  let timers: { readonly due: number; readonly call: () => void }[] = [];
  const wake = (ms: number, call: () => void) => {
    const timer = { due: now + ms, call };
    timers.push(timer);
    return () => {
      timers = timers.filter((one) => one !== timer);
    };
  };
  const turns: { readonly tenant: Tenant; readonly from: number; readonly to: number }[] = [];
  const waker = createWaker({
    now: () => new Date(now),
    wake,
    gatherMs: 200,
    restMs: 5000,
    runArrived: (tenant) =>
      new Promise((resolve) => {
        const from = now;
        wake(turnMs, () => {
          turns.push({ tenant, from, to: now });
          resolve();
        });
      }),
  });
  return {
    ...{ waker, turns },
    pending: () => timers.length,
    async pass(ms: number) {
      const until = now + ms;
      for (;;) {
        const next = timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        now = Math.max(now, next.due);
        timers = timers.filter((one) => one !== next);
        next.call();
        await settle();
      }
      now = until;
    },
    jump(ms: number) {
      now += ms;
      timers = timers.map((one) => ({ ...one, due: one.due + ms }));
    },
  };
}

test('a burst is one turn within a fifth of a second, and nobody is woken without cause', async () => {
  const { waker, turns, pass, pending } = scene(50);
  for (let i = 0; i < 1000; i++) waker.wake(acme);
  await pass(250);
  assert.deepEqual(turns, [{ tenant: acme, from: 200, to: 250 }]);
  await pass(86_400_000);
  assert.deepEqual([turns.length, pending()], [1, 0]);
});

test('what arrives during a turn gets another; tenants do not wait for each other', async () => {
  const { waker, turns, pass } = scene(1000);
  waker.wake(acme);
  await pass(300);
  waker.wake(acme);
  waker.wake(globex);
  await pass(10_000);
  assert.deepEqual(
    turns.map(({ tenant, from }) => [tenant, from]),
    [
      [acme, 200],
      [globex, 500],
      [acme, 6200],
    ],
  );
});

test('attack 154: a flood is at most one turn each five seconds, and whatever arrives is followed by a turn', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 8000 }),
      async (gaps, turnMs) => {
        const { waker, turns, pass } = scene(turnMs);
        let at = 0;
        const arrived: number[] = [];
        for (const gap of gaps) {
          await pass(gap);
          at += gap;
          waker.wake(acme);
          arrived.push(at);
        }
        await pass(60_000);
        for (const [i, turn] of turns.entries()) {
          const before = turns[i - 1];
          if (before) assert.ok(turn.from - before.to >= 5000);
        }
        for (const moment of arrived)
          assert.ok(turns.some(({ from }) => from >= moment && from <= moment + turnMs + 5200));
      },
    ),
    { numRuns: 60 },
  );
});

test('a clock that is set back keeps nobody asleep, and one that is stopped wakes nobody', async () => {
  const { waker, turns, pass, jump, pending } = scene(10);
  waker.wake(acme);
  await pass(1000);
  jump(-86_400_000);
  waker.wake(acme);
  await pass(5100);
  assert.equal(turns.length, 2);
  waker.wake(globex);
  waker.stop();
  await pass(60_000);
  waker.wake(globex);
  await pass(60_000);
  assert.deepEqual([turns.length, pending()], [2, 0]);
});
