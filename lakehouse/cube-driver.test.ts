// Cube's driver and dialect over a serving copy, asked as Cube asks.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { BaseDriver } from '@cubejs-backend/base-driver';
import { Fault } from '@tessera/base';
import type { Release } from './contract.ts';
import { TesseraDuckDbQuery } from './cube-dialect.ts';
import { createCubeDriver } from './cube-driver.ts';
import { createServing, type ServingDoor } from './serving.ts';
import { type Lab, openLab, tableName } from './testing/lab.ts';

const columns = { id: 'VARCHAR', started_at: 'TIMESTAMPTZ', started_on: 'DATE', ok: 'BOOLEAN', ms: 'BIGINT' };
const schema = 'rollups_acme_corp_r1';

describe('Cube’s driver', () => {
  let lab: Lab;
  let serving: ServingDoor;
  let driver: BaseDriver;
  before(async () => {
    lab = await openLab();
    const table = lab.lake.table('gold', tableName('fact_x'), { columns });
    await lab.engine.session((s) =>
      table.overwrite(s, {
        sql: `select 'k' || i as id, timestamptz '2026-01-01 00:00:00.5+00' + to_hours((i * 7919 % 300000)::int) as started_at,
          date '2026-01-01' + (i % 3)::int as started_on, i % 2 = 0 as ok, 9007199254740993::bigint + i as ms from range(300000) t(i)`,
      }),
    );
    const at = new Date('2026-06-01T00:00:00Z');
    const release: Release = {
      number: 1,
      at,
      asOf: at,
      run: 'r1',
      tables: { fact_x: 0 },
      rows: {},
      inputs: {},
      sources: {},
    };
    serving = createServing({ folder: join(lab.folder, 'serving'), memoryLimit: '256MB' });
    await serving.build(lab.lake, release);
    driver = createCubeDriver(serving, lab.tenant);
  });
  after(async () => {
    serving.close();
    await lab.close();
  });

  it('gives numbers digit for digit as text, times without zone, booleans as such', async () => {
    await driver.testConnection();
    assert.deepEqual(
      await driver.query(
        `select ms, ms / 4 as d, started_at, started_on, ok, null as n, 1.50::decimal(5,2) as p, 100::decimal(5,0) as h,
          count(*) over () as c from fact_x where id = ? order by 1`,
        ['k1'],
      ),
      [
        {
          ms: '9007199254740994',
          d: '2251799813685248.5',
          started_at: '2026-11-26T23:00:00.500',
          started_on: '2026-01-02T00:00:00.000',
          ok: false,
          n: null,
          p: '1.5',
          h: '100',
          c: '1',
        },
      ],
    );
  });

  it('tells the types of a download', async () => {
    const { types } = (await driver.downloadQueryResults('select id, ms, started_on, ok from fact_x limit 1', [], {
      highWaterMark: 1,
    })) as { types: unknown };
    assert.deepEqual(types, [
      { name: 'id', type: 'text' },
      { name: 'ms', type: 'bigint' },
      { name: 'started_on', type: 'timestamp' },
      { name: 'ok', type: 'boolean' },
    ]);
  });

  it('makes, lists, describes and drops a roll-up, sorted by its time column', async () => {
    const load = `CREATE TABLE ${schema}.by_hour_abc AS SELECT ok, date_trunc('hour', started_at) "h", count(*) c FROM fact_x WHERE started_at >= ?::timestamp GROUP BY 1, 2`;
    await driver.loadPreAggregationIntoTable(`${schema}.by_hour_abc`, load, ['2026-01-02T00:00:00.000Z'], {});
    assert.deepEqual(await driver.getTablesQuery(schema), [{ table_name: 'by_hour_abc' }]);
    assert.deepEqual(await driver.tableColumnTypes(`${schema}.by_hour_abc`), [
      { name: 'ok', type: 'boolean' },
      { name: 'h', type: 'timestamp' },
      { name: 'c', type: 'bigint' },
    ]);
    const [unsorted] = await driver.query<{ n: string }>(
      `select count(*) n from (select h, lag(h) over (order by rowid) b from ${schema}.by_hour_abc) where h < b`,
    );
    assert.equal(unsorted?.n, '0');
    await driver.dropTable(`${schema}.by_hour_abc`);
    assert.deepEqual(await driver.getTablesQuery(schema), []);
  });

  it('makes the schema of the first roll-ups, however many are made at once', async () => {
    for (let round = 0; round < 20; round++)
      await Promise.all(
        Array.from({ length: 4 }, (_, at) => {
          const table = `rollups_acme_corp_r${9000 + round}.first_${at}`;
          return driver.loadPreAggregationIntoTable(table, `create table ${table} as select ${at} as n`, [], {});
        }),
      );
  });

  it('lists a roll-up that was made while the list was on its way', async () => {
    const [asked, made] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = createCubeDriver(
      {
        ...serving,
        async run(whose, sql, ...rest) {
          const answer = await serving.run(whose, sql, ...rest);
          if (sql.startsWith('select table_name')) {
            asked.resolve();
            await made.promise;
          }
          return answer;
        },
      },
      lab.tenant,
    );
    const listed = slow.getTablesQuery('rollups_acme_corp_r77');
    await asked.promise;
    const table = 'rollups_acme_corp_r77.made_meanwhile';
    await slow.loadPreAggregationIntoTable(table, `create table ${table} as select 1 as n`, [], {});
    made.resolve();
    assert.deepEqual(await listed, [{ table_name: 'made_meanwhile' }]);
    await slow.dropTable(table);
    assert.deepEqual(await slow.getTablesQuery('rollups_acme_corp_r77'), []);
  });

  it('stops a query that Cube cancels', async () => {
    const running = driver.query(
      'select count(*) from fact_x a, fact_x b, fact_x c where a.ms + b.ms = c.ms',
    ) as Promise<unknown[]> & { cancel(): Promise<void> };
    const refused = assert.rejects(running, (error) => error instanceof Fault && error.code === 'QUERY_CANCELLED');
    await running.cancel();
    await refused;
  });

  it('streams rows and gives its connection back, read to the end or not', async () => {
    const one = createServing({ folder: join(lab.folder, 'serving-one'), connections: 1 });
    await one.build(lab.lake, serving.serving(lab.tenant)!);
    const single = createCubeDriver(one, lab.tenant) as BaseDriver & {
      stream(
        sql: string,
        values: unknown[],
        o: object,
      ): Promise<{ rowStream: AsyncIterable<object>; release(): Promise<void> }>;
    };
    const all = await single.stream('select id from fact_x where ms < ?', ['9007199254740998'], {
      highWaterMark: 10,
    });
    let seen = 0;
    for await (const _ of all.rowStream) seen++;
    assert.equal(seen, 5);
    const some = await single.stream('select id from fact_x', [], { highWaterMark: 10 });
    for await (const _ of some.rowStream) break;
    const none = await single.stream('select id from fact_x', [], { highWaterMark: 10 });
    await none.release();
    assert.deepEqual(await single.query('select 1 a'), [{ a: '1' }]);
    await assert.rejects(single.stream("copy fact_x to '/tmp/x'", [], { highWaterMark: 1 }), Fault);
    assert.deepEqual(await single.query('select 1 a'), [{ a: '1' }]);
    one.close();
  });

  it('writes time literals with which DuckDB skips row groups, as the stock ones do not', async () => {
    const dialect = Object.create(TesseraDuckDbQuery.prototype) as TesseraDuckDbQuery;
    Object.defineProperty(dialect, 'timezone', { value: 'UTC' });
    const scan = async (literal: string) => {
      const plan = `explain select count(*) from fact_x where started_at < ${literal}`;
      const rows = await driver.query<{ explain_value: string }>(plan);
      return rows[0]!.explain_value.slice(rows[0]!.explain_value.indexOf('Filters'));
    };
    assert.equal(dialect.timeStampCast('?'), '?::timestamp');
    assert.equal(dialect.convertTz('"t".started_at'), '"t".started_at');
    const instant = "'2026-01-02T00:00:00.000Z'";
    assert.doesNotMatch(await scan(dialect.timeStampCast(instant)), /CAST/);
    // A cast of the column is what keeps DuckDB from looking at the row groups' bounds.
    assert.match(await scan(`${instant}::timestamptz`), /CAST/);
    const zoned = Object.create(TesseraDuckDbQuery.prototype) as TesseraDuckDbQuery;
    Object.defineProperty(zoned, 'timezone', { value: 'Asia/Kolkata' });
    const [row] = await driver.query(`select ${zoned.convertTz("timestamp '2026-01-01 20:00:00'")} t`);
    assert.deepEqual(row, { t: '2026-01-02T01:30:00.000' });
  });
});
