// The serving copy: what it holds, how it switches, and what SQL on it cannot reach.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Fault, must, parseTenant } from '@tessera/base';
import fc from 'fast-check';
import type { Release, TenantLake } from './contract.ts';
import { StatementType } from './duckdb.ts';
import { createServing, type ServingDoor } from './serving.ts';
import { type Lab, openLab, tableName } from './testing/lab.ts';

const code = (wanted: string) => (error: unknown) => error instanceof Fault && error.code === wanted;
const tenant = (name: string) => must(parseTenant(name));
const columns = { id: 'VARCHAR', started_on: 'DATE', started_at: 'TIMESTAMPTZ', n: 'BIGINT' };

describe('serving', () => {
  let lab: Lab;
  let serving: ServingDoor;
  const settings = () => ({
    folder: join(lab.folder, 'serving'),
    memoryLimit: '256MB',
    threads: 2,
    tables: { fact_x: { columns, key: ['id'] }, dim_empty: { columns: { id: 'VARCHAR', at: 'TIMESTAMPTZ' } } },
  });
  before(async () => {
    lab = await openLab();
    serving = createServing(settings());
  });
  after(async () => {
    serving.close();
    await lab.close();
  });

  /** Overwrites fact_x with n rows and says which release that would be. */
  async function nextRelease(lake: TenantLake, number: number, n: number): Promise<Release> {
    const table = lake.table('gold', tableName('fact_x'), { columns, partitionBy: 'started_on' });
    const source = {
      sql: `select i::varchar as id, date '2026-01-01' + (i * 37 % 100)::int as started_on,
        timestamptz '2026-01-01 23:30:00-05' + to_days((i * 37 % 100)::int) as started_at, ${number}::bigint as n from range(${n}) t(i)`,
    };
    const { version } = await lab.engine.session((s) => table.overwrite(s, source));
    return { ...nextReleaseFacts(number), tables: { fact_x: version, dim_empty: -1 } };
  }
  function nextReleaseFacts(number: number): Release {
    const at = new Date(Date.UTC(2026, 5, number));
    return {
      number,
      at,
      asOf: at,
      run: `r${number}`,
      tables: {},
      rows: {},
      inputs: {},
      sources: {},
    };
  }
  const files = async (name: string) => (await readdir(join(lab.folder, 'serving', `tenant-${name}`))).sort();

  it('serves nothing before the first release', async () => {
    assert.equal(serving.serving(tenant('acme-corp')), undefined);
    await assert.rejects(serving.query(tenant('acme-corp'), 'select 1'), code('NOT_SERVED'));
  });

  it('serves the gold tables with times in UTC, sorted by day, and also those without rows', async () => {
    const release = await nextRelease(lab.lake, 1, 1000);
    await serving.build(lab.lake, release);
    assert.deepEqual(serving.serving(lab.tenant), release);
    const [row] = await serving.query(
      lab.tenant,
      'select typeof(started_at) t, started_at, count(*) over () c from fact_x limit 1',
    );
    assert.deepEqual(row, { t: 'TIMESTAMP', started_at: '2026-01-02T04:30:00.000', c: 1000 });
    const days = await serving.query(lab.tenant, 'select started_on d from fact_x order by rowid');
    assert.deepEqual(
      days,
      days.toSorted((a, b) => (String(a.d) < String(b.d) ? -1 : 1)),
    );
    assert.deepEqual(await serving.query(lab.tenant, 'describe dim_empty').then((r) => r.map((c) => c.column_type)), [
      'VARCHAR',
      'TIMESTAMP',
    ]);
  });

  it('switches to a new release at once, keeps the one before for questions already asked, and removes older files', async () => {
    const running = serving.query(lab.tenant, 'select min(n) a, max(n) b, count(*) c from fact_x, range(2000)');
    await serving.build(lab.lake, await nextRelease(lab.lake, 2, 10));
    assert.deepEqual(await running, [{ a: 1, b: 1, c: 2_000_000 }]);
    assert.deepEqual(await serving.query(lab.tenant, 'select max(n) n, count(*) c from fact_x'), [{ n: 2, c: 10 }]);
    assert.deepEqual(await serving.query(lab.tenant, 'select max(n) n from fact_x', { release: 1 }), [{ n: 1 }]);
    await serving.build(lab.lake, await nextRelease(lab.lake, 3, 11));
    assert.deepEqual(
      (await files('acme-corp')).filter((name) => /^\d/.test(name)),
      ['2.duckdb', '2.json', '3.duckdb', '3.json'],
    );
    // A release that is gone is answered by the newest.
    assert.deepEqual(await serving.query(lab.tenant, 'select max(n) n from fact_x', { release: 1 }), [{ n: 3 }]);
  });

  it('keeps roll-ups through a restart, and drops them with their release', async () => {
    const allowed = new Set([StatementType.CREATE]);
    const made = async (sql: string, release: number) =>
      serving.run(lab.tenant, sql, allowed, async () => undefined, { release });
    await made('create schema rollups_acme_corp_r2', 2);
    await made('create table rollups_acme_corp_r2.by_day as select max(n) n from fact_x', 2);
    await made('create schema rollups_acme_corp_r3', 3);
    await made('create table rollups_acme_corp_r3.by_day as select max(n) n from fact_x', 3);
    assert.deepEqual(await serving.query(lab.tenant, 'from rollups_acme_corp_r2.by_day'), [{ n: 2 }]);
    serving.close();
    serving = createServing(settings());
    await serving.build(lab.lake, await nextRelease(lab.lake, 3, 11));
    assert.deepEqual(await serving.query(lab.tenant, 'from rollups_acme_corp_r3.by_day'), [{ n: 3 }]);
    await assert.rejects(serving.query(lab.tenant, 'from rollups_acme_corp_r2.by_day'), code('QUERY_FAILED'));
    await serving.build(lab.lake, await nextRelease(lab.lake, 4, 5));
    await serving.build(lab.lake, await nextRelease(lab.lake, 5, 5));
    await assert.rejects(serving.query(lab.tenant, 'from rollups_acme_corp_r3.by_day'), code('QUERY_FAILED'));
  });

  it('changes only the rows that differ, with the same result as a copy made from nothing', async () => {
    const folder = (name: string) => ({
      ...settings(),
      folder: join(lab.folder, name),
      tables: { fact_x: { columns, key: ['id'], pii: ['id'] } },
      maskKeyOf: async () => new Uint8Array(32).fill(7),
    });
    const order = 'select * from fact_x order by id';
    /** Rows as days of 2026 by their number, and what is done to them. */
    const row = fc.record({ id: fc.integer({ min: 0, max: 60 }), day: fc.integer({ min: 0, max: 120 }), n: fc.nat(3) });
    const step = fc.record({
      rows: fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 6 }),
      how: fc.constantFrom('merge', 'append', 'overwrite', 'compact', 'drop'),
    });
    const select = (rows: readonly { id: number; day: number; n: number }[]) =>
      rows
        .map(
          ({ id, day, n }) =>
            `select '${id}' as id, date '2026-01-01' + ${day} as started_on, timestamptz '2026-01-01 12:00:00Z' + to_days(${day}) as started_at, ${n}::bigint as n`,
        )
        .join(' union all ');
    const start = Array.from({ length: 50 }, (_, i) => ({ id: i, day: (i * 7) % 120, n: 1 }));
    let runs = 0;
    const law = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 3 }), async (steps) => {
      runs++;
      const lake = lab.anotherLake(`law-${runs}`);
      const table = lake.table('gold', tableName('fact_x'), { columns, partitionBy: 'started_on' });
      const session = <T>(work: Parameters<typeof lab.engine.session<T>>[0]) => lab.engine.session(work);
      let { version } = await session((s) => table.overwrite(s, { sql: select(start) }));
      const partial = createServing(folder(`serving-law-${runs}`));
      for (const [i, { rows, how }] of [{ rows: [], how: 'compact' as const }, ...steps].entries()) {
        const there = (await table.scan()).sql;
        const news = select(rows);
        const fresh = `select * from (${news}) where id not in (select id from (${there}))`;
        await session(async (s) => {
          if (how === 'compact') await table.compact(s);
          else if (how === 'drop')
            await table.overwrite(s, {
              sql: `select * from (${there}) where id not in (${rows.map(({ id }) => `'${id}'`).join(',') || "''"})`,
            });
          else if (rows.length > 0 && how === 'merge') await table.merge(s, { sql: news }, ['id']);
          else if (rows.length > 0 && how === 'append') await table.append(s, { sql: fresh });
          else if (rows.length > 0) await table.overwrite(s, { sql: `${fresh} union all (${there})` });
        });
        version = await table.version();
        const release: Release = { ...nextReleaseFacts(i + 1), tables: { fact_x: version } };
        await partial.build(lake, release);
        await partial.trust(lake.tenant, release.number);
        const whole = createServing(folder(`serving-law-${runs}-${i}`));
        await whole.build(lake, release);
        assert.deepEqual(await partial.query(lake.tenant, order), await whole.query(lake.tenant, order));
        whole.close();
      }
      partial.close();
    });
    await fc.assert(law, { numRuns: 4 });
  });

  it('leaves rows where they were that were only written again', async () => {
    const lake = lab.anotherLake('stay');
    const table = lake.table('gold', tableName('fact_x'), { columns, partitionBy: 'started_on' });
    const rowsOf = (n: number, days: number) =>
      `select i::varchar as id, date '2026-01-01' + i::int as started_on, timestamptz '2026-01-01 12:00:00Z' + to_days(i::int) as started_at, ${n}::bigint as n from range(${days}) t(i)`;
    const first = await lab.engine.session((s) => table.overwrite(s, { sql: rowsOf(1, 200) }));
    await serving.build(lake, { ...nextReleaseFacts(1), tables: { fact_x: first.version, dim_empty: -1 } });
    await serving.trust(lake.tenant, 1);
    const second = await lab.engine.session((s) =>
      table.merge(s, { sql: `select * from (${rowsOf(2, 200)}) where id = '70'` }, ['id']),
    );
    await serving.build(lake, { ...nextReleaseFacts(2), tables: { fact_x: second.version, dim_empty: -1 } });
    const last = await serving.query(lake.tenant, 'select id, n from fact_x order by rowid desc limit 2');
    assert.deepEqual(last, [
      { id: '70', n: 2 },
      { id: '199', n: 1 },
    ]);
  });

  it('makes the file anew when the wanted tables have other columns than it was made for', async () => {
    serving.close();
    const wider = { ...settings().tables, dim_more: { columns: { id: 'VARCHAR' } } };
    serving = createServing({ ...settings(), tables: wider });
    await serving.build(lab.lake, await nextRelease(lab.lake, 5, 5));
    assert.deepEqual(await serving.query(lab.tenant, 'select count(*) c from dim_more'), [{ c: 0 }]);
  });

  it('inspects what is served without opening the tenant’s instance, beside it where it is open, and cannot change it', async () => {
    const name = tenant('inspected');
    const lake = lab.anotherLake('inspected');
    await assert.rejects(serving.inspect(name, 'select 1', 1), code('NOT_SERVED'));
    const count = 'select count(*)::int as n from fact_x';
    const releases = [await nextRelease(lake, 1, 3), await nextRelease(lake, 2, 5)];
    for (const release of releases) await serving.build(lake, release);
    const inspected = async (number: number) => (await serving.inspect(name, count, number))[0]?.n;
    assert.deepEqual([await inspected(1), await inspected(2), await inspected(9)], [3, 5, 5]);
    assert.ok(!(await files('inspected')).includes('scratch.duckdb'), 'which an instance makes when it opens');
    assert.deepEqual(await serving.query(name, count), [{ n: 5 }]);
    assert.deepEqual([await inspected(2), await inspected(2)], [5, 5]);
    await assert.rejects(serving.inspect(name, 'delete from fact_x', 2), code('QUERY_REFUSED'));
    const third = await nextRelease(lake, 3, 9);
    const [, ...seen] = await Promise.all([
      serving.build(lake, third),
      ...Array.from({ length: 4 }, () => inspected(3)),
    ]);
    assert.deepEqual(seen, [9, 9, 9, 9], 'one after another, after the build that was first');
  });

  it('closes an idle instance and opens it again when asked', async () => {
    const short = createServing({ ...settings(), folder: join(lab.folder, 'serving-idle'), idleMs: 20 });
    await short.build(lab.lake, await nextRelease(lab.lake, 6, 7));
    const ask = () => short.query(lab.tenant, 'select count(*) c from fact_x');
    assert.deepEqual(await ask(), [{ c: 7 }]);
    await new Promise((resolve) => setTimeout(resolve, 80));
    assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [[{ c: 7 }], [{ c: 7 }], [{ c: 7 }]]);
    short.close();
  });

  it('closes whom nobody asked for the longest when more is open than may be, and never one that is being asked', async () => {
    const lakes = ['one', 'two', 'three'].map((name) => lab.anotherLake(name));
    const few = createServing({
      ...settings(),
      folder: join(lab.folder, 'serving-few'),
      connections: 1,
      // Room for two small copies.
      mostOpenBytes: 6 * 1024 * 1024,
    });
    for (const lake of lakes) await few.build(lake, await nextRelease(lake, 1, 9));
    const [one = lab.tenant, two = lab.tenant, three = lab.tenant] = lakes.map((lake) => lake.tenant);
    /** What a connection keeps for itself is gone once its instance was closed. */
    const mark = (whose: typeof one) =>
      few.hold(whose, async (c) => void (await c.run('create temp table if not exists mark as select 1')));
    const isMarked = (whose: typeof one) =>
      few.hold(
        whose,
        async (c) => (await c.runAndReadAll("from duckdb_tables() where table_name = 'mark'")).currentRowCount,
      );
    await mark(one);
    await mark(two);
    await mark(three);
    assert.deepEqual([await isMarked(two), await isMarked(three)], [1, 1]);
    assert.equal(await isMarked(one), 0);
    // Opening the first again closed the second, unless somebody is asking it.
    assert.equal(await isMarked(two), 0);
    await mark(two);
    await few.hold(two, async () => {
      for (const whose of [one, three, one, three]) await mark(whose);
      assert.deepEqual(await few.query(three, 'select count(*) c from fact_x'), [{ c: 9 }]);
    });
    assert.equal(await isMarked(two), 1);
    few.close();
  });

  describe('a tenant’s SQL', () => {
    let globexFile: string;
    before(async () => {
      const globex = lab.anotherLake('globex-inc');
      await serving.build(globex, await nextRelease(globex, 1, 3));
      await serving.query(tenant('globex-inc'), 'from fact_x');
      globexFile = join(lab.folder, 'serving/tenant-globex-inc/1.duckdb');
    });
    const own = () => join(lab.folder, 'serving/tenant-acme-corp');
    const attempts: readonly { readonly why: string; readonly sql: () => string; readonly want: string }[] = [
      { why: 'attach a neighbour’s file', sql: () => `attach '${globexFile}' as g`, want: 'QUERY_REFUSED' },
      { why: 'attach its own file', sql: () => `attach '${own()}/5.duckdb' as g`, want: 'QUERY_REFUSED' },
      { why: 'read a neighbour’s bytes', sql: () => `select * from read_blob('${globexFile}')`, want: 'QUERY_FAILED' },
      {
        why: 'go round by its own folder',
        sql: () => `select * from read_blob('${own()}/../tenant-globex-inc/1.duckdb')`,
        want: 'QUERY_FAILED',
      },
      { why: 'read the machine', sql: () => "select * from read_text('/etc/passwd')", want: 'QUERY_FAILED' },
      { why: 'find files', sql: () => "select * from glob('/tmp/*')", want: 'QUERY_FAILED' },
      {
        why: 'name a neighbour’s catalog',
        sql: () => 'from "tenant_globex_inc_catalog".main.fact_x',
        want: 'QUERY_FAILED',
      },
      { why: 'write a file', sql: () => `copy (select 1) to '${own()}/5.duckdb'`, want: 'QUERY_REFUSED' },
      { why: 'change a setting', sql: () => 'set memory_limit = "9GB"', want: 'QUERY_REFUSED' },
      { why: 'load an extension', sql: () => 'load httpfs', want: 'QUERY_REFUSED' },
      { why: 'make a table', sql: () => 'create table t as select 1', want: 'QUERY_REFUSED' },
      { why: 'drop a table', sql: () => 'drop table release_5.main.fact_x', want: 'QUERY_REFUSED' },
      { why: 'run two statements', sql: () => 'select 1; select 2', want: 'QUERY_REFUSED' },
      {
        why: 'change the gold tables, were it allowed to',
        sql: () => 'select 1; delete from fact_x',
        want: 'QUERY_REFUSED',
      },
    ];
    for (const { why, sql, want } of attempts) {
      it(`cannot ${why}`, () => assert.rejects(serving.query(lab.tenant, sql()), code(want)));
    }
    it('is held in by the engine too, were the list of allowed statements gone', async () => {
      const raw = (sql: string) => serving.hold(lab.tenant, (connection) => connection.run(sql));
      await assert.rejects(raw(`attach '${globexFile}' as g (read_only)`), /Permission Error/);
      await assert.rejects(raw(`copy (select 1) to '${globexFile}'`), /Permission Error/);
      await assert.rejects(raw('set enable_external_access = true'), /lock|Cannot/);
      await assert.rejects(raw("set allowed_directories = ['/']"), /lock|Cannot/);
      await assert.rejects(raw("set memory_limit = '9GB'"), /configuration has been locked/);
      await assert.rejects(raw('delete from fact_x'), /read-only/);
    });

    it('sees its own catalogs alone', async () => {
      const found = await serving.query(
        lab.tenant,
        'select distinct database_name d from duckdb_databases() where not internal order by 1',
      );
      assert.deepEqual(
        found.map((row) => row.d),
        ['release_5', 'scratch'],
      );
    });
  });
});
