// Drift is remembered by whatever stages: a run, a backfill, a letter staged again; a part that is staged again counts once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TenantLake } from '@tessera/lakehouse';
import { authDocument } from '../../ingest/elasticsearch/healthy-elasticsearch.ts';
import { backfill, replayLetter } from '../index.ts';
import { changingTenant } from '../testing/changing-tenant.case.ts';

const novel = (id: string) => ({ ...authDocument(id), _brand_new: 1 });

test('what a run, a killed run, a staged letter and a backfill see is remembered, each part once', async (t) => {
  const it = await changingTenant(t);
  const { run, config, now, lake } = it;
  const seen = async () => (await lake.drift.get('elasticsearch.auth_logs'))?.fields['$._brand_new']?.records ?? 0;
  await it.turn([authDocument('a')]);
  assert.equal(await seen(), 0);
  // The process dies between staging and what follows.
  const dead = {
    get models(): never {
      throw new Error('killed');
    },
  };
  await assert.rejects(it.turn([novel('b'), novel('c')], { models: dead as never }));
  assert.equal(await seen(), 2);
  const found = it.events.filter(({ event }) => event === 'drift.found');
  assert.equal(found.length, 1);

  // Staging fails at its commit, after the drift was told; the letter stages the same part again.
  const parts = { ...lake, table: refusing(lake.table) };
  await it.turn([novel('d')], { lake: parts });
  assert.equal(await seen(), 3);
  const [letter] = await lake.deadLetters.list();
  assert.equal(letter?.stage, 'stage');
  await replayLetter(run, config, letter?.id ?? '');
  assert.equal(await seen(), 3);
  assert.equal(await it.bronze(), 4);

  it.send([novel('e')]);
  const span = { from: new Date(now().getTime() - 86_400_000), to: now() };
  const request = { source: 'elasticsearch', stream: 'auth_logs', ...span } as const;
  await backfill(run, config, request, { holder: 'test', ttlMs: 60_000 });
  assert.equal(await seen(), 4);
  assert.equal(it.events.filter(({ event }) => event === 'drift.found').length, 1, 'the field is new once');
});

/** Tables of bronze whose appends fail. */
const refusing =
  (table: TenantLake['table']): TenantLake['table'] =>
  (layer, name, options) => ({
    ...table(layer, name, options),
    ...(layer === 'bronze' ? { append: () => Promise.reject(new Error('the disk is gone')) } : {}),
  });
