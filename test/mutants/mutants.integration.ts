// Mutation testing by hand: holes that somebody could open by mistake, each in a copy of the source; a hole that no test notices fails the run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allMutants, shareOf, tryAll } from './try-all.ts';

test('every hole is another one, and there are forty at least', () => {
  assert.ok(allMutants.length >= 40);
  assert.equal(new Set(allMutants.map(({ hole, file }) => `${file}: ${hole}`)).size, allMutants.length);
});

test('shares are all of the holes, each once', () => {
  for (const of of [1, 4, 7]) {
    const parts = Array.from({ length: of }, (_, at) => shareOf(allMutants, `${at + 1}/${of}`));
    assert.deepEqual(new Set(parts.flat()), new Set(allMutants));
    assert.equal(parts.flat().length, allMutants.length);
  }
  for (const wrong of ['0/4', '5/4', '1', '', '1/0', '-1/4']) assert.throws(() => shareOf(allMutants, wrong), wrong);
});

test('without a hole the tests pass, and every hole is noticed', async () => {
  // The table, as it grows: a run of minutes should show that it goes on.
  const { failing, alive } = await tryAll(allMutants, {
    workers: 2,
    say: (line) => void process.stdout.write(`${line}\n`),
  });
  assert.deepEqual(failing, []);
  assert.deepEqual(alive, []);
});
