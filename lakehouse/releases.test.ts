// A release's document is whole or refused: no bit of it can turn into another release.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '@tessera/base';
import type { ObjectKey, Release } from './contract.ts';
import { parseRelease } from './releases.ts';
import { openLab } from './testing/lab.ts';

const release: Release = {
  number: 1,
  at: new Date('2026-03-01T00:00:00Z'),
  asOf: new Date('2026-03-01T00:00:00Z'),
  run: 'run-1',
  tables: { dim_user: 12, fact_issue: 3 },
  inputs: { okta__users: 7 },
  rows: { dim_user: 100 },
  sources: {},
};

test('a release with one bit turned, wherever it is, reads as it was or is refused', async () => {
  const lab = await openLab();
  try {
    await lab.lake.releases.publish(release);
    const body = await lab.store.get('tenant-acme-corp/releases/1.json' as ObjectKey);
    assert.ok(body);
    assert.deepEqual(parseRelease(body), release);
    for (let i = 0; i < body.length * 8; i++) {
      const turned = Uint8Array.from(body);
      turned[i >> 3] = (turned[i >> 3] ?? 0) ^ (1 << (i & 7));
      try {
        const { tables, inputs, number } = parseRelease(turned);
        assert.deepEqual({ tables, inputs, number }, { tables: release.tables, inputs: release.inputs, number: 1 });
      } catch (error) {
        assert.ok(error instanceof Fault && error.code === 'RELEASE_DAMAGED', String(error));
      }
    }
  } finally {
    await lab.close();
  }
});

test('a release of before there were digests is read', () => {
  const before = new TextEncoder().encode(JSON.stringify(release));
  assert.deepEqual(parseRelease(before), release);
});
