// As much SQL as a time allows, over the wire: what a caller reads, catalogs and errors included, is what he would read with nobody else there. TESSERA_SOAK_SECONDS says how long (600).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sqlQuestions } from './generate-sql.ts';
import { assertSame, tellsOfStrangers } from './oracle.ts';
import { openTwoWorlds } from './servers.ts';
import { askOverSql, closedSubjects, sqlSubjects, strangersOverSql } from './sql-proof.ts';
import { asker, marked, tenants, twin } from './world.ts';

const seconds = Number(process.env.TESSERA_SOAK_SECONDS ?? 600);
const batch = 200;

test(`SQL for ${seconds} seconds, strangers asking the same beside`, { timeout: (seconds + 600) * 1000 }, async (t) => {
  const seed = Number(process.env.TESSERA_TEST_SEED ?? Date.now() % 1_000_000_000);
  t.diagnostic(`TESSERA_TEST_SEED=${seed}`);
  const worlds = await openTwoWorlds();
  try {
    await Promise.all([worlds.alone.warm([asker]), worlds.full.warm(tenants)]);
    const strangers = await strangersOverSql(worlds);
    const question = fc.record({ subject: fc.constantFrom(...sqlSubjects), question: sqlQuestions });
    const until = performance.now() + seconds * 1000;
    let asked = 0;
    for (let round = 0; performance.now() < until; round += 1) {
      const list = [...closedSubjects, ...fc.sample(question, { seed: seed + round, numRuns: batch })];
      const [alone, full] = await Promise.all([
        askOverSql(worlds, 'alone', list),
        askOverSql(worlds, 'full', list),
        round % 4 === 0 ? askOverSql(worlds, 'full', list, { tenant: round % 8 ? marked : twin }) : [],
      ]);
      assertSame(seed + round, list, alone, full);
      for (const [at, answer] of full.entries()) {
        assert.ok(!tellsOfStrangers(answer, JSON.stringify(list[at])), answer);
        assert.ok(!/u0000CXX000/.test(answer), `${JSON.stringify(list[at])} ${answer}`);
      }
      await worlds.full.told();
      asked += list.length;
    }
    await strangers.close();
    t.diagnostic(`${asked} questions compared`);
  } finally {
    await worlds.close();
  }
});
