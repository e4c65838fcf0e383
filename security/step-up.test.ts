// Who signed in just now with two factors, and who did not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, fixedClock } from '@tessera/base';
import { checkStepUp } from './step-up.ts';

const now = fixedClock('2026-07-01T12:00:00Z');
const at = (secondsAgo: number) => now().getTime() / 1000 - secondsAgo;

const table: readonly (readonly [string, readonly string[], number | undefined, boolean])[] = [
  ['the issuer says mfa, just now', ['mfa'], at(0), true],
  ['exactly ten minutes ago', ['pwd', 'mfa'], at(600), true],
  ['a second more than ten minutes ago', ['pwd', 'mfa'], at(601), false],
  ["the issuer's clock is a little ahead", ['mfa'], at(-30), true],
  ['a sign-in of tomorrow', ['mfa'], at(-86_400), false],
  ['no time of sign-in', ['mfa'], undefined, false],
  ['a password alone', ['pwd'], at(0), false],
  ['two things that one knows', ['pwd', 'pin'], at(0), false],
  ['a password and a code', ['pwd', 'otp'], at(0), true],
  ['a key and a fingerprint', ['hwk', 'fpt'], at(0), true],
  ['two names that nobody knows', ['magic', 'constructor'], at(0), false],
  ['nothing at all', [], at(0), false],
];
for (const [what, amr, authTime, passes] of table) {
  test(`step-up: ${what} ${passes ? 'passes' : 'is sent back to sign in'}`, () => {
    const check = () => checkStepUp({ amr, authTime }, now);
    if (passes) check();
    else
      assert.throws(
        check,
        (error) => error instanceof Fault && error.code === 'STEP_UP_NEEDED' && error.status === 401,
      );
  });
}
