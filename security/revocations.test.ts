// Whose rights were taken away is refused at once, with every token that he has, until he signs in anew.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, must, parseTenant } from '@tessera/base';
import type { Access } from './parse-claims.ts';
import { type Revocation, withRevocations } from './revocations.ts';
import type { Rights } from './rights.ts';

const acme = must(parseTenant('acme-corp'));
const globex = must(parseTenant('globex-inc'));
const access = (more: Partial<Access>): Access => ({
  tenant: acme,
  subject: 'ann',
  email: undefined,
  name: undefined,
  groups: ['viewer'],
  teams: [],
  amr: [],
  issuer: 'https://issuer.example',
  client: 'app',
  issuedAt: 1_000,
  expiresAt: 2_000,
  ...more,
});
const verdict = (who: Access, ...revocations: Revocation[]): string => {
  try {
    withRevocations(
      () => ({ id: 'r' }) as Rights,
      () => revocations,
    )(who);
    return 'good';
  } catch (error) {
    return error instanceof Fault ? error.code : 'broken';
  }
};
const ann: Revocation = { tenant: acme, subject: 'ann', until: 1_500 };

test('a decision table of revocations', () => {
  const rows: readonly (readonly [string, Access, readonly Revocation[], string])[] = [
    ['nothing was taken away', access({}), [], 'good'],
    ['issued before', access({ issuedAt: 1_499 }), [ann], 'TOKEN_INVALID'],
    ['issued in that very second', access({ issuedAt: 1_500 }), [ann], 'TOKEN_INVALID'],
    ['signed in anew afterwards', access({ issuedAt: 1_501 }), [ann], 'good'],
    ['does not say when it was issued', access({ issuedAt: undefined }), [ann], 'TOKEN_INVALID'],
    ['another person', access({ subject: 'bob' }), [ann], 'good'],
    ['a person of that name elsewhere', access({ tenant: globex }), [ann], 'good'],
    ['everybody of the tenant', access({ subject: 'bob' }), [{ ...ann, subject: null }], 'TOKEN_INVALID'],
    ['everybody of another tenant', access({ tenant: globex }), [{ ...ann, subject: null }], 'good'],
  ];
  for (const [about, who, revocations, wanted] of rows) assert.equal(verdict(who, ...revocations), wanted, about);
});

test('it is looked at for each decision: what is taken away now is refused now', () => {
  const list: Revocation[] = [];
  const decide = withRevocations(
    () => ({ id: 'r' }) as Rights,
    () => list,
  );
  assert.equal(decide(access({})).id, 'r');
  list.push(ann);
  assert.throws(() => decide(access({})), Fault);
});
