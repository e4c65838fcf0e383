// Differential test of the whole door, all of it: views over the wire against plain SQL on gold, to the digit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askBoth } from './same-numbers.ts';

test('4,300 generated questions get what plain SQL on gold gives, or are refused: fewer than 15 of a hundred', {
  timeout: 900_000,
}, async () => {
  const refused = await askBoth(1200, 800, 1500, 800);
  console.log(`    4300 questions, ${refused} refused`);
  assert.ok(refused < 645, `${refused} refused`);
});
