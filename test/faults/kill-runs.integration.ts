// kill -9 of a whole worker at random points of its runs (attack 138); with the kills of commits these are the 200 that CI makes.
import { test } from 'node:test';
import { killPipeline } from './kill-pipeline.ts';
import { randomDeaths } from './random-deaths.ts';

test('kill -9 at 60 random points of a run', async (t) => {
  await killPipeline(t, { name: 'random points', deaths: randomDeaths(60, 7), checkEvery: 30, atLeast: 50 });
});
