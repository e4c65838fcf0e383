// The Delta table: what each write does, and what it leaves alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DeltaTable, EngineSession, TableOptions } from './contract.ts';
import { type Lab, openLab, pairs, tableName, withCode } from './testing/lab.ts';

describe('Delta table', () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab();
  });
  after(() => lab.close());

  let tables = 0;
  const fresh = (options: Partial<TableOptions> = {}): DeltaTable =>
    lab.lake.table('silver', tableName(`t${tables++}`), { columns: { id: 'VARCHAR', n: 'BIGINT' }, ...options });
  const again = (table: DeltaTable, options: Partial<TableOptions> = {}): DeltaTable =>
    lab.anotherLake().table('silver', table.name, { columns: { id: 'VARCHAR', n: 'BIGINT' }, ...options });
  const session = <T>(work: (s: EngineSession) => Promise<T>) => lab.engine.session(work);
  const content = async (table: DeltaTable, version?: number) =>
    (await lab.rows(await table.scan(version))).map((row) => [row.id, row.n]);

  it('is empty but typed before its first commit', async () => {
    const table = fresh();
    assert.equal(await table.version(), -1);
    assert.deepEqual(
      await lab.engine.query(`describe ${(await table.scan()).sql}`).then((r) => r.map((c) => c.column_type)),
      ['VARCHAR', 'BIGINT'],
    );
    assert.deepEqual(await content(table), []);
    assert.deepEqual(await table.history(), []);
  });

  it('tells what differs between two versions, by month where it is partitioned so', async () => {
    const columns = { id: 'VARCHAR', n: 'BIGINT', on_day: 'DATE' };
    const rows = (n: number) => ({ sql: `select 'a' as id, ${n}::bigint as n, date '2026-01-31' as on_day` });
    const other = { sql: "select 'b' as id, 1::bigint as n, date '2026-02-01' as on_day" };
    const monthly = fresh({ columns, partitionBy: 'on_day' });
    await session((s) => monthly.append(s, rows(1)));
    await session((s) => monthly.append(s, other));
    const grown = await monthly.changes(0, 1);
    assert.deepEqual(grown?.months?.values, ['2026-02']);
    const { added, removed } = (await grown?.rows()) ?? {};
    assert.deepEqual([(await lab.rows(added ?? { sql: '' })).map(({ id }) => id), removed], [['b'], undefined]);
    await session((s) => monthly.merge(s, rows(2), ['id']));
    const merged = await monthly.changes(1, 2);
    assert.deepEqual(merged?.months?.values, ['2026-01']);
    const written = await merged?.rows();
    assert.deepEqual(
      [written?.added, written?.removed].map((one) => one !== undefined),
      [true, true],
    );
    assert.ok((merged?.share ?? 0) > 0 && (merged?.share ?? 1) < 1);
    assert.equal(await monthly.changes(-1, 1), undefined, 'it was not there');
    // A copy may write another type otherwise than the log does, so only months are told.
    const byText = fresh({ columns, partitionBy: 'id' });
    await session((s) => byText.append(s, rows(1)));
    await session((s) => byText.append(s, other));
    assert.equal((await byText.changes(0, 1))?.months, undefined);
  });

  it('appends, and reads at each version what was there then', async () => {
    const table = fresh();
    await session(async (s) => {
      assert.deepEqual(await table.append(s, pairs(['a', 1])), { version: 0, rows: 1, skipped: false, differs: true });
      assert.deepEqual(await table.append(s, pairs(['b', 2], ['c', 3]), { run: 'r2' }), {
        version: 1,
        rows: 2,
        skipped: false,
        differs: true,
      });
    });
    assert.deepEqual(await content(table, 0), [['a', 1]]);
    assert.deepEqual(await content(again(table)), [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    assert.deepEqual(
      (await table.history()).map((h) => [h.version, h.operation, h.run]),
      [
        [0, 'WRITE', undefined],
        [1, 'WRITE', 'r2'],
      ],
    );
    await assert.rejects(table.scan(7), withCode('TABLE_VERSION_MISSING'));
  });

  it('keeps a cursor in the same commit, and skips a commit that was made before', async () => {
    const table = fresh();
    const once = { txn: { appId: 'okta.users', version: 5 }, properties: { cursor: '{"after":1}' } };
    await session(async (s) => {
      await table.append(s, pairs(['a', 1]), once);
      assert.deepEqual(await again(table).append(s, pairs(['a', 1]), once), {
        version: 0,
        rows: 0,
        skipped: true,
        differs: false,
      });
      assert.equal((await table.append(s, pairs(), { properties: { cursor: '{"after":1}' } })).skipped, true);
      assert.deepEqual(await table.append(s, pairs(), { properties: { cursor: '{"after":2}' } }), {
        version: 1,
        rows: 0,
        skipped: false,
        differs: false,
      });
    });
    assert.deepEqual((await again(table).state()).properties, { cursor: '{"after":2}' });
    assert.deepEqual(await content(table), [['a', 1]]);
  });

  it('writes nothing for no rows, not even a table', async () => {
    const table = fresh();
    await session(async (s) => {
      assert.equal((await table.append(s, pairs())).skipped, true);
      assert.equal((await table.merge(s, pairs(), ['id'])).skipped, true);
      assert.equal((await table.overwrite(s, pairs())).skipped, true);
    });
    assert.equal(await again(table).version(), -1);
  });

  it('merges: changes what differs, adds what is new, leaves the rest and rewrites only touched files', async () => {
    const table = fresh();
    await session(async (s) => {
      await table.append(s, pairs(['a', 1], ['b', 2]));
      await table.append(s, pairs(['m', 3], ['n', null]));
      const untouched = (await table.scan()).sql.match(/part-[\w-]+/g)?.[1];
      assert.deepEqual(await table.merge(s, pairs(['b', 20], ['a', 1], ['z', 9]), ['id']), {
        version: 2,
        rows: 2,
        skipped: false,
        differs: true,
      });
      assert.match((await table.scan()).sql, new RegExp(String(untouched)));
      assert.equal((await table.merge(s, pairs(['b', 20], ['n', null]), ['id'])).skipped, true);
    });
    assert.deepEqual(await content(table), [
      ['a', 1],
      ['b', 20],
      ['m', 3],
      ['n', null],
      ['z', 9],
    ]);
    assert.deepEqual(await content(table, 1), [
      ['a', 1],
      ['b', 2],
      ['m', 3],
      ['n', null],
    ]);
  });

  it('merges a row into another partition when its partition column changes', async () => {
    const options = { columns: { id: 'VARCHAR', on: 'DATE' }, partitionBy: 'on' };
    const table = fresh(options);
    await session(async (s) => {
      await table.append(s, {
        sql: `select 'a' as id, date '2026-01-05' as "on" union all select 'b', date '2026-01-06'`,
      });
      await table.merge(s, { sql: `select 'a' as id, date '2026-02-05' as "on"` }, ['id']);
    });
    assert.deepEqual(await lab.rows(await again(table, options).scan()), [
      { id: 'a', on: '2026-02-05' },
      { id: 'b', on: '2026-01-06' },
    ]);
    assert.deepEqual(await lab.rows(await table.scan(undefined, ['2026-01'])), [{ id: 'b', on: '2026-01-06' }]);
  });

  it('joins small files when a merge writes anyway and there are many', async () => {
    const table = fresh();
    await session(async (s) => {
      for (let i = 0; i < 20; i++) await table.append(s, pairs([`k${i}`, i]));
      await table.merge(s, pairs(['new', 1]), ['id']);
    });
    assert.equal((await table.scan()).sql.match(/part-/g)?.length, 1);
    assert.equal((await content(table)).length, 21);
  });

  it('overwrites the listed partitions alone, and none whose content is the same', async () => {
    const options = { columns: { on: 'DATE', n: 'BIGINT' }, partitionBy: 'on' };
    const table = fresh(options);
    const days = (from: string, count: number, n: number) => ({
      sql: `select date '${from}' + i::int as "on", ${n} as n from range(${count}) t(i)`,
    });
    await session(async (s) => {
      await table.overwrite(s, { sql: `${days('2026-01-01', 3, 1).sql} union all ${days('2026-02-01', 3, 1).sql}` });
      const january = (await table.scan()).sql.match(/on_month=2026-01\/part-[\w-]+/)?.[0];
      const same = { sql: `select * from (${days('2026-02-01', 3, 1).sql}) order by 1 desc` };
      assert.equal((await again(table, options).overwrite(s, same, { partitions: ['2026-02'] })).skipped, true);
      assert.deepEqual(await table.overwrite(s, days('2026-02-01', 2, 5), { partitions: ['2026-02', '2026-03'] }), {
        version: 1,
        rows: 2,
        skipped: false,
        differs: true,
      });
      assert.match((await table.scan()).sql, new RegExp(String(january)));
      await assert.rejects(
        table.overwrite(s, days('2026-01-31', 2, 5), { partitions: ['2026-02'] }),
        withCode('PARTITION_UNLISTED'),
      );
      // Without a list the whole table is meant: months that the source lacks go.
      await table.overwrite(s, days('2026-02-01', 2, 5));
    });
    assert.deepEqual(await lab.rows(await table.scan()), [
      { on: '2026-02-01', n: 5 },
      { on: '2026-02-02', n: 5 },
    ]);
    assert.equal((await lab.rows(await table.scan(0))).length, 6);
  });

  it('partitions by a text column too, whatever the text', async () => {
    const table = fresh({ partitionBy: 'id' });
    await session(async (s) => {
      await table.overwrite(s, pairs(['plain', 1], ['../../x', 2], ["it's", 3]));
      await table.overwrite(s, pairs(["it's", 4]), { partitions: ["it's"] });
    });
    assert.deepEqual(await content(again(table, { partitionBy: 'id' })), [
      ['../../x', 2],
      ["it's", 4],
      ['plain', 1],
    ]);
  });

  it('finds the rows added since a version', async () => {
    const table = fresh();
    await session(async (s) => {
      await table.append(s, pairs(['a', 1]));
      const version = await table.version();
      assert.equal(await table.scanAddedSince(version), undefined);
      await table.append(s, pairs(['b', 2]));
      await table.append(s, pairs(['c', 3]));
      assert.deepEqual(
        (await lab.rows((await table.scanAddedSince(version))!)).map((r) => r.id),
        ['b', 'c'],
      );
    });
  });

  it('takes new columns, and gives nulls for them in older rows', async () => {
    const table = fresh();
    const wider = { columns: { id: 'VARCHAR', n: 'BIGINT', mail: 'VARCHAR' } };
    await session(async (s) => {
      await table.append(s, pairs(['a', 1]));
      await again(table, wider).append(s, { sql: "select 'b' as id, 2 as n, 'b@x' as mail" });
      await again(table, wider).merge(s, { sql: "select 'a' as id, 1 as n, 'a@x' as mail" }, ['id']);
      await again(table).append(s, pairs(['c', 3]));
    });
    assert.deepEqual(await lab.rows(await again(table, wider).scan()), [
      { id: 'a', n: 1, mail: 'a@x' },
      { id: 'b', n: 2, mail: 'b@x' },
      { id: 'c', n: 3, mail: null },
    ]);
    assert.deepEqual(await content(table), [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
  });

  it('keeps a column that nobody declares any more, empty in newer rows, and shows it to whoever asks for all', async () => {
    const table = fresh();
    await session((s) => table.append(s, pairs(['a', 1])));
    const without = again(table, { columns: { id: 'VARCHAR' } });
    await session((s) => without.append(s, { sql: "select 'b' as id" }));
    const all = again(table, { columns: {} });
    assert.deepEqual((await content(all)).sort(), [
      ['a', 1],
      ['b', null],
    ]);
    assert.deepEqual(
      (await lab.rows(await without.scan())).map((row) => Object.keys(row)),
      [['id'], ['id']],
    );
  });

  it('sees a session’s temp tables as a source', async () => {
    const table = fresh();
    await session(async (s) => {
      await s.run("create temp table mine as select 'a' as id, 1 as n");
      await table.append(s, { sql: 'from mine' });
      await table.merge(s, { sql: 'with w as (from mine) select id, n + 1 as n from w' }, ['id']);
    });
    assert.deepEqual(await content(table), [['a', 2]]);
  });
});
