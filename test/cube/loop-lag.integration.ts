// The event loop goes on turning while the engine works and while answers are written: measured by the CPU of its own thread, so that a busy machine changes nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '@tessera/base';
import { type EmptyCopies, openEmptyCopies } from './empty-copies.ts';
import { acme, globex, type Served } from './served-tenants.ts';

let copies: EmptyCopies;
let served: Served;
/** What the engine is asked in place of questions about sign-ins. */
let heavy = `select 'somebody' "auth_events__actor_login"`;

before(async () => {
  copies = await openEmptyCopies([acme, globex]);
  served = await copies.serve(() => heavy);
  // The model is compiled with the first question, which is no part of what is measured.
  for (const tenant of [acme, globex]) await ask(tenant, 1);
});
after(async () => {
  await served?.close();
  await copies?.close();
});

/** Each limit is a question of its own for every cache. */
async function ask(tenant: Tenant, limit: number): Promise<void> {
  const query = { dimensions: ['auth_events.actor_login'], limit };
  const { status, body } = await served.ask(tenant, '/cubejs-api/v1/load', { query });
  assert.equal(status, 200, JSON.stringify(body));
}

interface Turns {
  /** CPU of the loop's thread between two of its turns, in ms, longest last. */
  readonly stretches: readonly number[];
  readonly loopMs: number;
  /** Of all threads. */
  readonly allMs: number;
}

const cpuOf = ({ user, system }: { readonly user: number; readonly system: number }) => (user + system) / 1000;

async function turnsDuring(work: () => Promise<unknown>): Promise<Turns> {
  const stretches: number[] = [];
  let isOver = false;
  const [loopBefore, allBefore] = [cpuOf(process.threadCpuUsage()), cpuOf(process.cpuUsage())];
  let last = loopBefore;
  // A timer of a millisecond and not an immediate, which would never let the loop wait and be all of its CPU.
  const look = () => {
    const now = cpuOf(process.threadCpuUsage());
    stretches.push(now - last);
    last = now;
    if (!isOver) setTimeout(look, 1);
  };
  look();
  await work();
  isOver = true;
  look();
  return {
    stretches: stretches.sort((a, b) => a - b),
    loopMs: last - loopBefore,
    allMs: cpuOf(process.cpuUsage()) - allBefore,
  };
}

test("attack 197: while the engine works hard for one tenant, the loop's own thread does next to nothing and another tenant is answered", async (t) => {
  heavy =
    'select count(*)::varchar "auth_events__actor_login" from range(40000) a, range(10000) b where (a.range * b.range) % 7 = 3';
  let isOver = false;
  let others = 0;
  const { stretches, loopMs, allMs } = await turnsDuring(async () => {
    const working = Promise.all([2, 3, 4].map((limit) => ask(acme, limit))).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const { status } = await served.ask(globex, '/cubejs-api/v1/load', { query: { measures: ['users.user_count'] } });
      assert.equal(status, 200);
      others += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await working;
  });
  t.diagnostic(`${others} answers beside it; loop ${loopMs.toFixed(0)} ms of ${allMs.toFixed(0)} ms CPU`);
  t.diagnostic(`longest stretch ${stretches.at(-1)?.toFixed(0)} ms`);
  assert.ok(others > 1, 'the other tenant was answered meanwhile');
  assert.ok(loopMs < allMs / 2, 'the work is done on other threads');
  assert.ok((stretches.at(-1) ?? 0) < allMs / 5, 'and no part of it holds the loop up');
});

test('attack 197: of many large answers, the loop does a small part of one at a time', async (t) => {
  heavy = `select 'somebody' || range "auth_events__actor_login" from range(2000)`;
  const answers = 40;
  await ask(acme, 9);
  const { stretches, loopMs } = await turnsDuring(() =>
    Promise.all(Array.from({ length: answers }, (_, at) => ask(at % 2 ? acme : globex, 2_000 + at))),
  );
  const each = loopMs / answers;
  const longest = stretches.at(-1) ?? 0;
  t.diagnostic(`${each.toFixed(1)} ms of the loop for each answer, longest stretch ${longest.toFixed(1)} ms`);
  // All in one would be a stretch of all answers.
  assert.ok(longest < loopMs / 3, `the longest stretch is ${(longest / each).toFixed(1)} answers`);
});
