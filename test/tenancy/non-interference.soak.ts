// As many questions as a time allows, up to a million: answers beside strangers are those of a world without them. TESSERA_SOAK_SECONDS says how long (600).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { subjects } from './callers.ts';
import { asAskedFor, queries } from './generate.ts';
import type { Asked } from './messages.ts';
import { assertSame, tellsOfStrangers } from './oracle.ts';
import { openTwoWorlds } from './servers.ts';
import { asker, marked, tenants, twin } from './world.ts';

const seconds = Number(process.env.TESSERA_SOAK_SECONDS ?? 600);
const most = 1_000_000;
const batch = 500;

test(`up to ${most} questions within ${seconds} seconds, strangers asking the same before and between`, async (t) => {
  const seed = Number(process.env.TESSERA_TEST_SEED ?? Date.now() % 1_000_000_000);
  t.diagnostic(`TESSERA_TEST_SEED=${seed}`);
  const worlds = await openTwoWorlds();
  try {
    await Promise.all([worlds.alone.warm([asker]), worlds.full.warm(tenants)]);
    const question = fc.record({
      subject: fc.constantFrom(...subjects),
      query: queries,
      how: fc.constantFrom<Asked['how'][]>('groups', 'groups', 'rows', 'explain'),
    });
    const until = performance.now() + seconds * 1000;
    let asked = 0;
    while (asked < most && performance.now() < until) {
      const sampled = fc.sample(question, { seed: seed + asked, numRuns: batch });
      const of = async (tenant: typeof asker) =>
        Promise.all(
          sampled.map(async ({ subject, query, how }) => ({
            how,
            query: asAskedFor(how, query),
            token: await worlds.signer.token(tenant, subject),
          })),
        );
      const list = await of(asker);
      const strangers = asked % (4 * batch) === 0 ? worlds.full.ask(await of(asked % (8 * batch) ? marked : twin)) : [];
      const [alone, full] = await Promise.all([worlds.alone.ask(list), worlds.full.ask(list), strangers]);
      assertSame(seed + asked, sampled, alone, full);
      for (const [at, answer] of full.entries()) {
        assert.ok(!tellsOfStrangers(answer, JSON.stringify(sampled[at])), answer);
        assert.ok(!answer.includes('"INTERNAL"'), JSON.stringify(sampled[at]));
      }
      await worlds.full.told();
      asked += batch;
    }
    t.diagnostic(`${asked} questions compared`);
  } finally {
    await worlds.close();
  }
});
