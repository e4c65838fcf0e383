// What Spark with Delta writes: our lakehouse opens it, agrees and goes on writing, or refuses it with a plain fault and never reads it wrongly.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Fault, must, parseTenant } from '@tessera/base';
import { createEngine, createFolderStore, type Engine, openTenantLake, parseTableName } from '@tessera/lakehouse';
import { noSpark, type Spark, startSpark } from './spark.ts';

const tenant = must(parseTenant('acme-corp'));

/** Tables that need what this lakehouse does not know. */
const refused: readonly (readonly [name: string, code: string, columns: string, properties: string])[] = [
  ['deletion_vectors', 'TABLE_PROTOCOL', 'id STRING, n BIGINT', "'delta.enableDeletionVectors' = 'true'"],
  ['column_mapping', 'TABLE_PROTOCOL', 'id STRING, n BIGINT', "'delta.columnMapping.mode' = 'name'"],
  ['v2_checkpoint', 'TABLE_PROTOCOL', 'id STRING, n BIGINT', "'delta.checkpointPolicy' = 'v2'"],
  ['change_feed', 'TABLE_PROTOCOL', 'id STRING, n BIGINT', "'delta.enableChangeDataFeed' = 'true'"],
  ['row_tracking', 'TABLE_PROTOCOL', 'id STRING, n BIGINT', "'delta.enableRowTracking' = 'true'"],
  ['commit_times', 'TABLE_PROTOCOL', 'id STRING, n BIGINT', "'delta.enableInCommitTimestamps' = 'true'"],
  ['local_time', 'TABLE_PROTOCOL', 'id STRING, n TIMESTAMP_NTZ', "'a' = 'b'"],
];

describe('what Spark with Delta writes', { skip: noSpark }, () => {
  let home: string;
  let spark: Spark;
  let engine: Engine;
  before(
    async () => {
      home = mkdtempSync(path.join(tmpdir(), 'tessera-interop-'));
      engine = await createEngine({ scratch: path.join(home, 'scratch') });
      spark = await startSpark();
    },
    { timeout: 300_000 },
  );
  after(async () => {
    await spark?.close();
    engine?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const folderOf = (name: string) => path.join(home, 'lake', `tenant-${tenant}`, 'gold', name);
  const at = (name: string) => `delta.\`${folderOf(name)}\``;
  /** A handle that has seen nothing yet. */
  const open = (name: string) =>
    openTenantLake(createFolderStore(path.join(home, 'lake')), engine, tenant).table(
      'gold',
      must(parseTableName(name)),
      { columns: {} },
    );
  const rowsOf = async (name: string, version?: number) =>
    engine.query(`from (${(await open(name).scan(version)).sql}) order by all`);

  test('appends, merges, deletes, checkpoints and columns that come later', { timeout: 300_000 }, async (t) => {
    await spark.sql(
      `create table ${at('plain')} (id STRING, n BIGINT, at TIMESTAMP) using delta tblproperties ('delta.checkpointInterval' = '3')`,
    );
    await spark.sql(
      `insert into ${at('plain')} values ('a', 1, timestamp '2026-01-31 22:30:00.123456'), ('b', 2, null)`,
    );
    await spark.sql(`insert into ${at('plain')} values ('c', 3, null), ('d', 4, null)`);
    await spark.sql(
      `merge into ${at('plain')} t using (select 'b' id, 20 n union all select 'e', 5) s on t.id = s.id
       when matched then update set n = s.n when not matched then insert (id, n) values (s.id, s.n)`,
    );
    await spark.sql(`delete from ${at('plain')} where id = 'c'`);
    await spark.sql(`alter table ${at('plain')} add columns (note STRING)`);
    await spark.sql(`insert into ${at('plain')} values ('f', 6, null, 'later')`);
    const plain = { at: null, note: null };
    assert.deepEqual(await rowsOf('plain'), [
      { ...plain, id: 'a', n: 1, at: '2026-01-31T22:30:00.123456Z' },
      { ...plain, id: 'b', n: 20 },
      { ...plain, id: 'd', n: 4 },
      { ...plain, id: 'e', n: 5 },
      { ...plain, id: 'f', n: 6, note: 'later' },
    ]);
    assert.deepEqual(
      (await rowsOf('plain', 2)).map(({ id }) => id),
      ['a', 'b', 'c', 'd'],
    );
    // We go on, and Spark sees it.
    await engine.session((session) =>
      open('plain').merge(
        session,
        { sql: "select 'a' as id, 100::bigint as n, null::timestamptz as at, 'ours' as note" },
        ['id'],
      ),
    );
    const seen = await spark.sql(`select id, n, note from ${at('plain')} order by id`);
    assert.deepEqual(seen[0], { id: 'a', n: 100, note: 'ours' });
    assert.equal(seen.length, 5);
    t.diagnostic(spark.version);
  });

  test('partitions, whose values are in none of the files', { timeout: 300_000 }, async () => {
    await spark.sql(`create table ${at('parted')} (id STRING, place STRING) using delta partitioned by (place)`);
    await spark.sql(`insert into ${at('parted')} values ('a', 'north'), ('b', 'south-2'), ('c', null)`);
    assert.deepEqual(await rowsOf('parted'), [
      { id: 'a', place: 'north' },
      { id: 'b', place: 'south-2' },
      { id: 'c', place: null },
    ]);
  });

  test('refuses files whose names are no plain names', { timeout: 300_000 }, async () => {
    await spark.sql(`create table ${at('odd')} (id STRING, place STRING) using delta partitioned by (place)`);
    await spark.sql(`insert into ${at('odd')} values ('b', 'a b/c:d%2F')`);
    await assert.rejects(rowsOf('odd'), (error) => error instanceof Fault && error.code === 'TABLE_PATH_REFUSED');
  });

  test('a table that only grows is not rewritten', { timeout: 300_000 }, async () => {
    await spark.sql(
      `create table ${at('growing')} (id STRING, n BIGINT) using delta tblproperties ('delta.appendOnly' = 'true')`,
    );
    await spark.sql(`insert into ${at('growing')} values ('a', 1)`);
    const source = { sql: "select 'a' as id, 2::bigint as n" };
    await engine.session(async (session) => {
      await assert.rejects(
        open('growing').merge(session, source, ['id']),
        (error) => error instanceof Fault && error.code === 'TABLE_FEATURE',
      );
      await open('growing').append(session, { sql: "select 'b' as id, 2::bigint as n" });
    });
    assert.equal((await spark.sql(`select * from ${at('growing')}`)).length, 2);
  });

  for (const [name, code, columns, properties] of refused) {
    test(`refuses ${name.replace('_', ' ')}`, { timeout: 300_000 }, async () => {
      await spark.sql(`create table ${at(name)} (${columns}) using delta tblproperties (${properties})`);
      await assert.rejects(rowsOf(name), (error) => error instanceof Fault && error.code === code);
    });
  }
});
