// Gate, predicate and tenant-only files, taken away in turn and together: whether a stranger's row gets out, told by the same oracle as everywhere.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { subjects } from './callers.ts';
import { asAskedFor, hidden, queries } from './generate.ts';
import { sqlOfHidden, sqlOfViews } from './generate-sql.ts';
import type { Asked, Walls } from './messages.ts';
import { differences, tellsOfStrangers } from './oracle.ts';
import { allWalls, openTwoWorlds, type TwoWorlds } from './servers.ts';
import { askOverSql, sqlSubjects } from './sql-proof.ts';
import { type SqlQuestion, unorderedSql } from './sql-wire.ts';
import { asker } from './world.ts';

const seed = Number(process.env.TESSERA_TEST_SEED ?? 20_261_121);
const without = (...down: readonly (keyof Walls)[]): Walls => ({
  ...allWalls,
  ...Object.fromEntries(down.map((wall) => [wall, false])),
});

/**
 * Each of the three alone may fall. Of the pairs, two may: what narrows rows to a tenant are the predicate and the files, and one of them is enough. Where both are
 * gone the gate has nothing to hold: it decides which members may be named, and everybody may count people.
 */
const table: readonly {
  readonly down: readonly (keyof Walls)[];
  readonly leaks: boolean;
  readonly questions: number;
}[] = [
  { down: ['gate'], leaks: false, questions: 500 },
  { down: ['predicate'], leaks: false, questions: 500 },
  { down: ['files'], leaks: false, questions: 500 },
  { down: ['gate', 'predicate'], leaks: false, questions: 150 },
  { down: ['gate', 'files'], leaks: false, questions: 150 },
  { down: ['predicate', 'files'], leaks: true, questions: 160 },
  { down: ['gate', 'predicate', 'files'], leaks: true, questions: 160 },
];

let worlds: TwoWorlds;
before(async () => {
  worlds = await openTwoWorlds(
    table.map(({ down }) => without(...down)),
    [allWalls, without('gate')],
  );
});
after(async () => {
  await worlds?.close();
});

/** Rows without their order: where values tie, two engines with other rows beside them may list them otherwise. */
function unordered(answer: string): string {
  const { columns, values } = JSON.parse(answer) as { columns?: string[]; values?: unknown[][] };
  if (!columns || !values) return answer;
  const rows = (values[0] ?? []).map((_, at) => JSON.stringify(values.map((column) => column[at])));
  return JSON.stringify([columns, rows.sort()]);
}

for (const [walls, { down, leaks, questions }] of table.entries())
  test(`without ${down.join(' and ')} ${leaks ? 'a stranger’s rows get out, and the oracle sees it' : 'nothing gets out'}`, async (t) => {
    t.diagnostic(`TESSERA_TEST_SEED=${seed}`);
    const query = down.includes('gate')
      ? fc.oneof({ weight: 4, arbitrary: queries }, { weight: 1, arbitrary: hidden })
      : queries;
    const how = fc.constantFrom<Asked['how'][]>('groups', 'groups', 'rows');
    const sampled = fc.sample(fc.record({ subject: fc.constantFrom(...subjects), query, how }), {
      seed,
      numRuns: questions,
    });
    const list = await Promise.all(
      sampled.map(
        async ({ subject, query: whole, how: way }): Promise<Asked> => ({
          token: await worlds.signer.token(asker, subject),
          // Which rows a limit leaves where values tie is nobody's.
          query: { ...asAskedFor(way, whole), limit: undefined, offset: undefined },
          how: way,
        }),
      ),
    );
    const [alone, full] = await Promise.all([
      worlds.alone.ask(list.map((one) => ({ ...one, walls: down.includes('gate') ? 1 : 0 }))),
      worlds.full.ask(list.map((one) => ({ ...one, walls }))),
    ]);
    assert.ok(
      alone.filter((answer) => answer.startsWith('{"columns"')).length >= questions / 10,
      'enough of it has answers',
    );
    if (down.includes('gate'))
      assert.ok(
        sampled.some((one, at) => JSON.stringify(one).includes('.tenant_id') && alone[at]?.startsWith('{"columns"')),
        'the gate is gone: the tenant of rows may be named',
      );
    const found = differences(sampled, alone.map(unordered), full.map(unordered));
    const told = full.filter((answer, at) => tellsOfStrangers(answer, JSON.stringify(sampled[at])));
    if (leaks) {
      assert.ok(found.length > 0, 'the comparison sees it');
      assert.ok(told.length > 0, 'the canaries tell it');
    } else {
      assert.deepEqual(found.slice(0, 1), [], `seed ${seed}`);
      assert.deepEqual(told.slice(0, 1), [], `seed ${seed}`);
    }
  });

const sqlQuestions = 60;
// What the engine would run differs where a wall is written into it.
const explained = (steps: SqlQuestion) => steps.some(({ sql }) => sql.startsWith('explain'));
for (const [wall, { down, leaks }] of table.entries())
  test(`over SQL, without ${down.join(' and ')}: ${leaks ? 'rows get out, and the oracle sees it' : 'nothing gets out'}`, async (t) => {
    t.diagnostic(`TESSERA_TEST_SEED=${seed}`);
    const isGateless = down.includes('gate');
    const views = sqlOfViews.filter((steps) => !explained(steps));
    const question = isGateless
      ? fc.oneof({ weight: 3, arbitrary: views }, { weight: 2, arbitrary: sqlOfHidden })
      : views;
    // Whom the gate would not let in at all asks, too.
    const subject = fc.constantFrom(...(isGateless ? subjects : sqlSubjects));
    const list = fc.sample(fc.record({ subject, question }), { seed, numRuns: sqlQuestions });
    const [alone, full] = await Promise.all([
      askOverSql(worlds, 'alone', list, { wall: isGateless ? 1 : 0 }),
      askOverSql(worlds, 'full', list, { wall }),
    ]);
    for (const server of [worlds.alone, worlds.full])
      for (const event of (await server.told()).events.filter((one) => one.event === 'cube.failed').slice(0, 2))
        t.diagnostic(JSON.stringify(event));
    const answered = (at: number) => /SELECT [1-9]/.test(alone[at] ?? '');
    assert.ok(list.filter((_, at) => answered(at)).length >= sqlQuestions / 10, 'some have answers');
    if (isGateless) {
      const named = list.filter(({ question: steps }, at) => steps[0]?.sql.includes('tenant_id') && answered(at));
      assert.ok(named.length > 0, 'the gate is gone: the tenant of rows is told');
      const closed = list.filter((asked, at) => !sqlSubjects.includes(asked.subject) && answered(at));
      assert.ok(closed.length > 0, 'the gate is gone: those without the right are in');
    }
    const found = differences(list, alone.map(unorderedSql), full.map(unorderedSql));
    const told = full.filter((answer, at) => tellsOfStrangers(answer, JSON.stringify(list[at])));
    if (leaks) {
      assert.ok(found.length > 0, 'the comparison sees it');
      assert.ok(told.length > 0, 'the canaries tell it');
    } else {
      assert.deepEqual(found.slice(0, 1), [], `seed ${seed}`);
      assert.deepEqual(told.slice(0, 1), [], `seed ${seed}`);
    }
  });
