// The generated pages of docs/reference are what would be written now.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stalePages } from './reference-pages.ts';

test('no generated page is stale (else run: npm run -s tessera -- docs write)', async () => {
  assert.deepEqual(await stalePages(), []);
});
