// A disk that is full, broken or read-only at the k-th write of a turn, for every k (attack 162): nothing is acknowledged, nothing is half there, and the next run makes it good.
import { test } from 'node:test';
import { failWrites } from './fail-writes.ts';

test('a write that fails, at every place of a turn one after the other, until a run makes all of its own', (t) =>
  failWrites(t, 0));
