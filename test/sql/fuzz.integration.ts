// The port of the SQL door against nonsense, for 20 seconds.
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';

test('20 seconds of bytes, messages and statements without sense: no exit, no hang, no session left, and the next caller is let in', {
  timeout: 120_000,
}, async () => {
  const { starts, sessions } = await fuzz(20, 20_261);
  console.log(`    ${starts} starts, ${sessions} sessions`);
});
