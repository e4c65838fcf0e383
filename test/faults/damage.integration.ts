// Bits that turn and files that are cut off (attack 164): 400 trials, and no wrong answer.
import { test } from 'node:test';
import { damageTable } from './damage.ts';

test('a flipped bit or a cut in any file of a table is refused, or changes nothing', (t) => damageTable(t, 400, 11));
