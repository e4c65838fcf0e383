// The port of the SQL door against nonsense: TESSERA_SOAK_SECONDS, 600 where nothing is said.
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';

const seconds = Number(process.env.TESSERA_SOAK_SECONDS ?? 600);

test(`${seconds} seconds of bytes, messages and statements without sense: no exit, no hang, no session left, and the next caller is let in`, {
  timeout: (seconds + 300) * 1000,
}, async () => {
  const { starts, sessions, rss } = await fuzz(seconds, 20_261);
  console.log(`    ${starts} starts, ${sessions} sessions, ${rss.join(' -> ')} MB`);
});
