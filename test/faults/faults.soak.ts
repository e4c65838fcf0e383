// The long run: a thousand workers killed, ten thousand damages.
import { test } from 'node:test';
import { damageTable } from './damage.ts';
import { failWrites } from './fail-writes.ts';
import { killPipeline } from './kill-pipeline.ts';
import { randomDeaths } from './random-deaths.ts';

for (const seed of [1, 2, 3, 4])
  test(`kill -9 at 280 random points of a run, seed ${seed}`, { timeout: 3_600_000 }, (t) =>
    killPipeline(t, {
      name: `random points, seed ${seed}`,
      deaths: randomDeaths(280, seed),
      checkEvery: 70,
      atLeast: 255,
    }),
  );

test('ten thousand damages of a table', { timeout: 3_600_000 }, (t) => damageTable(t, 10_000, 23));

for (const first of [1, 2])
  test(`every write of a turn fails in the ways that it does not in CI, ${first} of 2`, { timeout: 3_600_000 }, (t) =>
    failWrites(t, first),
  );
