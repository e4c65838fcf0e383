// The port of the SQL door against nonsense, for 20 seconds of it; the soak run takes longer.
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';

test('20 seconds of bytes, messages and statements without sense: no exit, no hang, nothing left open, and the next caller is let in', {
  timeout: 300_000,
}, async () => {
  const { starts, sessions, rss } = await fuzz(20, 7);
  console.log(`    ${starts} starts, ${sessions} sessions, ${rss.join(' -> ')} MB`);
});
