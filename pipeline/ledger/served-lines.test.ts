// The copy beside its release: what of it is looked at, and what is found.
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { createServing } from '@tessera/lakehouse';
import { goldTables } from '@tessera/transforms/gold-meta';
import { authDocument } from '../../ingest/elasticsearch/healthy-elasticsearch.ts';
import { scene } from './ledger.contract.ts';
import { openLedger } from './ledger-store.ts';
import { checkServed } from './served-lines.ts';

const documentOn = (id: string, timestamp: string) => {
  const document = authDocument(id);
  return { ...document, _source: { ...document._source, '@timestamp': timestamp } };
};

/** Two releases of which the second has one event more, in a month of its own; the copy of the first is there. */
async function twoReleases(t: TestContext) {
  const { pipeline, give, lake, run, folder } = await scene(t);
  give([documentOn('a', '2025-11-10T10:00:00Z'), documentOn('b', '2025-12-30T10:00:00Z')]);
  await pipeline();
  give([documentOn('c', '2026-01-01T00:05:00Z')]);
  await pipeline();
  const tables = Object.fromEntries(
    Object.entries(goldTables).map(([name, { columns, key }]) => [
      name,
      { columns: Object.fromEntries(Object.entries(columns).map(([column, { type }]) => [column, type])), key },
    ]),
  );
  const open = () => {
    const serving = createServing({ tables, folder: path.join(folder, 'serving'), memoryLimit: '200MB' });
    t.after(() => serving.close());
    return serving;
  };
  const serving = open();
  const [first, second] = [await lake.releases.get(1), await lake.releases.get(2)];
  assert.ok(first && second);
  await serving.build(lake, first);
  const needs = { ...run, serving };
  /** Somebody writes in the file of a copy. */
  const harm = async (release: number, sql: string) => {
    const instance = await DuckDBInstance.create(path.join(folder, `serving/tenant-acme-corp/${release}.duckdb`));
    const connection = await instance.connect();
    await connection.run(sql);
    connection.closeSync();
    instance.closeSync();
  };
  const lines = async () =>
    ((await openLedger(lake).entry(second.run))?.lines ?? [])
      .filter(({ hop, object }) => hop === 'gold-served' && object === 'fact_auth_event')
      .map(({ date, from, to, expected, found }) => ({ date, from, to, isSame: expected === found, sum: expected }));
  return { lake, serving, needs, first, second, harm, lines, open };
}

test('of a copy that was changed from one that was right, days that did not change are counted and the others summed', async (t) => {
  const { lake, serving, needs, first, second, lines } = await twoReleases(t);
  await checkServed(needs, first);
  assert.equal(serving.copy(lake.tenant)?.isCompared, true);
  await serving.build(lake, second);
  assert.equal(serving.copy(lake.tenant)?.changedFrom.fact_auth_event, first.tables.fact_auth_event);
  await checkServed(needs, second);
  const [day, others, ...more] = await lines();
  assert.deepEqual([day?.date, day?.from, day?.to, day?.isSame], ['2026-01-01', 1, 1, true]);
  assert.notEqual(day?.sum, '0.0');
  assert.deepEqual(others, { date: 'other days', from: 2, to: 2, isSame: true, sum: '0.0' });
  assert.deepEqual(more, []);
});

for (const { what, sql, date } of [
  {
    what: 'a row of a day that changed',
    sql: `update fact_auth_event set outcome = 'X' where outcome is not null and occurred_on >= '2026-01-01'`,
    date: '2026-01-01',
  },
  {
    what: 'a day that changed, doubled',
    sql: `insert into fact_auth_event from fact_auth_event where occurred_on >= '2026-01-01'`,
    date: '2026-01-01',
  },
  {
    what: 'a row lost long ago',
    sql: `delete from fact_auth_event where occurred_on < '2025-12-01'`,
    date: 'unchanged days',
  },
])
  test(`it is found out: ${what}`, async (t) => {
    const { lake, serving: before, needs, first, second, harm, open } = await twoReleases(t);
    await checkServed(needs, first);
    before.close();
    // What was compared is known after a restart, too.
    const serving = open();
    await serving.build(lake, first);
    await serving.build(lake, second);
    assert.equal(serving.copy(lake.tenant)?.changedFrom.fact_auth_event, first.tables.fact_auth_event);
    await harm(2, sql);
    await assert.rejects(checkServed({ ...needs, serving }, second), (error: Error) => {
      assert.match(error.message, new RegExp(date));
      return (error as Error & { code?: string }).code === 'COPY_DIFFERS';
    });
    assert.equal(serving.serving(lake.tenant)?.number, 1, 'the one before answers');
  });

test('a copy is not changed from one that nobody compared', async (t) => {
  const { lake, serving, needs, second, harm } = await twoReleases(t);
  await harm(1, `update fact_auth_event set outcome = 'X' where occurred_on < '2025-12-01'`);
  await serving.build(lake, second);
  assert.deepEqual(serving.copy(lake.tenant)?.changedFrom, {});
  await checkServed(needs, second);
});

test('after a copy that was wrong the next one is made from nothing', async (t) => {
  const { lake, serving: before, needs, first, second, harm, open } = await twoReleases(t);
  await checkServed(needs, first);
  before.close();
  await harm(1, `delete from fact_auth_event`);
  const serving = open();
  await serving.build(lake, first);
  const again = { ...needs, serving };
  await serving.build(lake, second);
  await assert.rejects(checkServed(again, second), { code: 'COPY_DIFFERS' });
  await serving.build(lake, second);
  assert.deepEqual(serving.copy(lake.tenant)?.changedFrom, {});
  await checkServed(again, second);
  assert.equal(serving.copy(lake.tenant)?.isCompared, true);
});
