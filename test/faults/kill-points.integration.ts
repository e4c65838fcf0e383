// kill -9 of a whole worker at every point of a run (attacks 137, 138): nothing is lost, nothing is doubled.
import { test } from 'node:test';
import { type KillPlan, killPipeline } from './kill-pipeline.ts';

/** `before` the bytes are there; `after` they are durable and nobody was told. The cursor is in the commit of its rows: one point for both. */
const points: KillPlan['deaths'] = [
  ...['raw page', 'raw note', 'raw part', 'bronze parquet', 'bronze log', 'silver parquet', 'silver log'],
  ...['gold parquet', 'gold log', 'releases', 'ledger'],
].flatMap((kind) => [
  { when: 'before', nth: 1, kind } as const,
  { when: 'after', nth: kind === 'silver log' || kind === 'gold log' ? 3 : 1, kind } as const,
]);
const whileServing = [1, 1, 1].map((nth) => ({ when: 'during', nth, kind: 'serving' }) as const);
const deaths = [...points, ...whileServing];

test('kill -9 at every fixed point of a run', async (t) => {
  await killPipeline(t, { name: 'fixed points', deaths, checkEvery: deaths.length, atLeast: deaths.length });
});
