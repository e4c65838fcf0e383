// Tokens are fetched once at a time, on the vendor's lifetime, and never kept after a failure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { createTokenSource } from './token-source.ts';

test('calls that need a token at the same time share one fetch, and a failed fetch is not remembered', async () => {
  let fetches = 0;
  const tokens = createTokenSource(async () => {
    if (++fetches === 1) throw new Error('down');
    return { value: `token-${fetches}`, lifetimeMs: 60_000 };
  }, fixedClock('2026-01-01T00:00:00Z'));
  await assert.rejects(tokens.token());
  assert.deepEqual(await Promise.all([tokens.token(), tokens.token()]), ['token-2', 'token-2']);
  tokens.forget('another');
  assert.equal(await tokens.token(), 'token-2');
  tokens.forget('token-2');
  assert.equal(await tokens.token(), 'token-3');
});

test('a token is renewed when a tenth of its life, or a minute, is left', async () => {
  const now = fixedClock('2026-01-01T00:00:00Z');
  let fetches = 0;
  const tokens = createTokenSource(async () => ({ value: String(++fetches), lifetimeMs: 60_000 }), now);
  await tokens.token();
  now.set('2026-01-01T00:00:53Z');
  assert.equal(await tokens.token(), '1');
  now.set('2026-01-01T00:00:54Z');
  assert.equal(await tokens.token(), '2');
});
