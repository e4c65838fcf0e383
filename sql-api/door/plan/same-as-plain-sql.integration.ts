// Differential test: thousands of generated questions over semantic views, and the same questions in plain SQL over the raw rows, give the same rows.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Fault } from '@tessera/base';
import fc from 'fast-check';
import { aggregateFunctions } from '../guard/allowed-functions.ts';
import { forms, withoutForms } from './test/generated-aggregates.ts';
import { aggregated, cut } from './test/generated-cuts.ts';
import { joinedViews } from './test/generated-joins.ts';
import {
  exactKeys,
  grouped,
  keys,
  measures,
  others,
  pushable,
  type Question,
  scanned,
  whole,
} from './test/generated-questions.ts';
import { openPostgres, type Postgres, type Rows } from './test/on-postgresql.ts';

const canonical = (rows: Rows, sorted: boolean) => {
  const texts = rows.map((row) => JSON.stringify(row));
  return sorted ? texts : texts.toSorted();
};

const opened = await openPostgres().catch((error: Error) => error);
const skip = opened instanceof Error ? `no PostgreSQL here: ${opened.message}` : false;

describe('questions over semantic views', { skip }, () => {
  const postgres = opened as Postgres;
  after(() => postgres.close());

  it('every aggregate that the guard lets pass is asked for', () => {
    const known = new Set([...Object.keys(forms), ...withoutForms]);
    assert.deepEqual(
      [...aggregateFunctions].filter((name) => !known.has(name)),
      [],
    );
  });

  async function compare(questions: fc.Arbitrary<Question>, numRuns: number, mayRefuse: number) {
    const refusals = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(questions, async ({ door, plain, sorted, some }) => {
        const expected = await postgres.plain(plain).then(
          (rows) => canonical(rows, sorted),
          (error: Error) => error.message,
        );
        const given = await postgres.door(door).then(
          (rows) => canonical(rows, sorted),
          (error: unknown) => {
            const repeated = error instanceof Fault && /MEASURE\(\) over more than one row/.test(error.message);
            if (repeated || (error instanceof Fault && error.code === 'SQL_NOT_EXACT')) {
              const what = error.message.replace(/by [a-z_, ]+\)/, 'by …)');
              refusals.set(what, (refusals.get(what) ?? 0) + 1);
              return undefined;
            }
            return `${(error as Error).message} ${error instanceof Error && error.cause ? String((error.cause as Error).stack) : ''}`;
          },
        );
        if (given === undefined) return;
        if (some === undefined || typeof expected === 'string' || typeof given === 'string')
          return assert.deepEqual(given, expected, door);
        assert.equal(given.length, Math.min(some, expected.length), door);
        for (const row of given) {
          const at = expected.indexOf(row);
          assert.ok(at >= 0, `${door}: ${row}`);
          expected.splice(at, 1);
        }
      }),
      { numRuns, seed: 20_260 },
    );
    const refused = [...refusals.values()].reduce((sum, count) => sum + count, 0);
    console.log(`    ${numRuns} questions, ${refused} refused`);
    for (const [what, count] of [...refusals].toSorted((a, b) => b[1] - a[1]).slice(0, 8))
      console.log(`      ${count} × ${what}`);
    assert.ok(refused <= mayRefuse * numRuns, `${refused} of ${numRuns} were refused`);
  }

  it('are answered with the rows that plain SQL gives, where measures add up', () =>
    compare(grouped([...pushable, ...others], keys, measures), 900, 0.15));
  it('are answered with the rows that plain SQL gives, where measures do not add up, or refused', () =>
    compare(grouped(pushable, exactKeys, [...measures.slice(0, 9), ...whole]), 600, 0.3));
  it('with any aggregate are answered with the rows that plain SQL gives', () => compare(aggregated, 600, 0.02));
  it('with LIMIT are answered with rows that plain SQL gives', () => compare(cut, 400, 0.02));
  it('over joins with what a view refers to are answered with the rows that plain SQL gives', () =>
    compare(joinedViews(false), 500, 0.15));
  it('over such joins are answered with the rows that plain SQL gives, where measures do not add up, or refused', () =>
    compare(joinedViews(true), 400, 0.5));
  it('without GROUP BY are answered with the rows that plain SQL gives', () =>
    compare(scanned([...pushable, ...others]), 400, 0.05));
});
