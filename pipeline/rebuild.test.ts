// When a table counts as the same as the one that was made from raw.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareSums } from './rebuild.ts';

test('one that cannot be read is like no other, not even an empty one', () => {
  const some = { rows: 2, sum: '7' };
  const empty = { rows: 0, sum: '0' };
  const table = [
    [some, some, true],
    [some, { rows: 2, sum: '8' }, false],
    [some, { rows: 3, sum: '7' }, false],
    [undefined, empty, true],
    [empty, undefined, true],
    [undefined, some, false],
    [null, empty, false],
    [null, undefined, false],
    [null, some, false],
  ] as const;
  for (const [there, rebuilt, same] of table) assert.equal(compareSums(there, rebuilt).same, same);
});
