// Differential test of the whole door, a sample of it: views over the wire against plain SQL on gold, to the digit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askBoth } from './same-numbers.ts';

test('360 generated questions get what plain SQL on gold gives, or are refused: fewer than 15 of a hundred', {
  timeout: 240_000,
}, async () => {
  const refused = await askBoth(100, 60, 140, 60);
  console.log(`    360 questions, ${refused} refused`);
  assert.ok(refused < 54, `${refused} refused`);
});
