// Forms of SQL that were once answered with a wrong number, or could be: each gets what plain SQL over the raw rows gives, or is refused with its clause.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { aggregateFunctions, allowedFunctions } from '../guard/allowed-functions.ts';
import { openPostgres, type Postgres } from './test/on-postgresql.ts';

const long = 'x'.repeat(1_001);

/** `v` is the view, or the raw rows. Same text, same rows. */
const same: readonly string[] = [
  "select sum(1) filter (where region = 'north') from v",
  "select platform, sum(2) filter (where region = 'north'), count(*) from v group by 1",
  "select platform, string_agg('x', ',' order by region) from v group by 1",
  'select platform, array_agg(1 order by n) from v group by 1',
  'select mode() within group (order by region) from v',
  'select platform, percentile_cont(0.5) within group (order by n) from v group by 1',
  'select platform, percentile_disc(0.5) within group (order by n) from v group by 1',
  'select rank(3) within group (order by n), dense_rank(3) within group (order by n), percent_rank(3) within group (order by n), cume_dist(3) within group (order by n) from v',
  'select bit_xor(n::int), bit_and(n::int), bit_or(n::int) from v',
  'select platform, round(regr_sxx(n, n)::numeric, 6), round(regr_sxy(n, n)::numeric, 6), round(regr_syy(n, n)::numeric, 6), regr_count(n, n) from v group by 1',
  'select platform, json_arrayagg(region order by region) from v group by 1',
  'select json_array_length(json_arrayagg(1)) from v',
  "select length(json_objectagg('k': is_open)::text) from v",
  'select count(*) from (select json_objectagg(platform: region) over (partition by platform) from v) x',
  "select range_agg('[1,2)'::int4range) from v",
  `select count(*) from v where region in ('north', '${long}')`,
  `select count(*) from v where region not in ('north', '${long}')`,
  `select count(*) from v where region <> '${long}'`,
  `select count(*) from v where region = '${long}'::text or region = 'north'`,
  "select count(*) from (select distinct date_trunc('week', at), date_trunc('month', at) from v limit 20) x",
  "select count(*) from (select distinct date_trunc('week', at), extract(year from at) from v limit 20) x",
  'select count(*) from (select distinct region, upper(platform) from v limit 9) x',
  "select count(*) from (select distinct date_trunc('year', at) from v where date_trunc('month', at) > '2025-03-10' limit 2) x",
  "select min(c), max(c), sum(c) from (select extract(year from at), extract(doy from date_trunc('week', at)), count(*) c from v group by 1, 2) x",
  "select date_trunc('year', date_trunc('week', date_trunc('month', at))), count(*) from v group by 1",
  "select extract(year from date_trunc('week', date_trunc('month', at))), count(*) from v group by 1",
  "select to_char(date_trunc('week', date_trunc('month', at)), 'YYYY'), count(*) from v group by 1",
  "select extract(isoyear from date_trunc('month', date_trunc('week', at))), extract(week from at), count(*) from v group by 1, 2",
  'select id from v where n is not null order by n using >, id limit 5',
  'select n from v where n is not null order by n using > limit 5',
  'select id, n from v s order by 2, 1 limit 3',
  'select approx_distinct(region), approx_distinct(platform) filter (where is_open), approx_distinct(distinct n) from v',
  'select approx_distinct(c) from (select region c, platform from v group by 1, 2) x',
  'select approx_distinct(region) over (partition by platform) from v',
  'select count(null::int), count(nullif(1, 1)), count(1::int), count(distinct 1) from v',
  "select max(1), min('x'), bool_or(true), any_value(1) from v where region = 'nowhere'",
  "select count(distinct 1) from v where region = 'nowhere'",
  "select distinct 'x' from v where region = 'nowhere'",
  "select 'all' from v where region = 'nowhere' group by 1",
  "select 'all', count(*) from v where region = 'nowhere' group by 1",
  "select 'all', count(*) from v group by 1",
  'select count(*), max(region) from v where 1 = 0',
  'select region, count(*) from v where 1 = 0 group by 1',
  'select region from v where false',
  'select region, count(*) from v where 1 = 1 and is_open group by 1',
  'select region from v where null',
  'select count(*) from v having 1 = 0',
  "select sum(k.w) filter (where s.region = 'north'), sum(k.w) from v s join (values ('north', 1), ('east', 2)) k(r, w) on k.r = s.region",
  'select max(k.w), min(k.r) from v s cross join (values (1, 2)) k(r, w)',
  'select r.zone, count(*), sum(s.n), count(r.zone) from v s left join regions r using (region) group by 1',
  'select r.zone, count(s.region), max(s.n) from regions r right join v s on r.region = s.region and s.n > 1 group by 1',
  'select t.zone, count(*) from v s left join regions r using (region) left join regions t on t.region = r.twin group by 1',
  'select p.grade, count(*), count(distinct r.zone) from v s join shops p using (region, platform) join regions r on r.region = p.region group by 1',
  'select q.zone, count(*) from (select s.*, r.zone from v s, regions r where s.region = r.region and s.is_open) q where q.n > 1 group by 1',
  'select distinct r.zone, s.platform from v s left join regions r on s.region = r.region',
  "select r.zone, (select count(*) from v where region = 'north') from v s join regions r on r.region = s.region group by 1",
  'select region, (select count(*) from generate_series(1, 2)) from v group by 1',
  'select region, (select sum(k.w * 2) from (values (1), (2)) k(w)) from v group by 1',
];
/** What is said of the door where plain SQL would need something else. */
const refused: readonly (readonly [sql: string, words: RegExp])[] = [
  [
    "select extract(year from at), extract(doy from date_trunc('week', at)), measure(open_pct) from v group by 1, 2",
    /measure\(open_pct\).*by at/,
  ],
  ['select region, (select sum(s.n)) from v s group by 1', /sum\(\) of columns of the SELECT around it/],
  ['select region, (select sum(n) from generate_series(1, 2) g) from v s group by 1', /sum\(\) of columns/],
  [
    "select s.region, (select sum(k.w)) from v s join (values ('north', 1)) k(r, w) on true group by 1",
    /sum\(\) of columns/,
  ],
  ['select r.zone, measure(s.open_pct) from v s left join regions r using (region) group by 1', /open_pct.*by region/],
  [
    'select r.region, measure(s.people) from v s left join regions r on r.region = s.region group by 1',
    /people.*by region/,
  ],
  [
    'select s.region, measure(s.people) from v s left join regions r on r.region = s.region and s.n > 1 group by 1',
    /people.*by n/,
  ],
  ['select s.region, sum(s.total) from v s join shops p on s.region = p.region group by 1', /join of views/],
  ['select r.zone, count(*) from regions r left join v s on r.region = s.region group by 1', /outer join/],
  ['select sum(r.region_count) from v s join regions r on r.region = s.region', /repeats rows of regions/],
  ['select n::text, measure(open_pct) from v group by 1', /measure\(open_pct\).*by n/],
  ["select sum(1) filter (where region = 'north'), measure(open_pct) from v", /open_pct here/],
  ['select mode() within group (order by region), measure(people) from v', /people here/],
];

const opened = await openPostgres().catch((error: Error) => error);
const skip = opened instanceof Error ? `no PostgreSQL here: ${opened.message}` : false;

describe('what was once wrong', { skip }, () => {
  const postgres = opened as Postgres;
  after(() => postgres.close());
  const over = (sql: string, table: string) => sql.replace(/\bv\b/g, table);
  /** `raw` has no function of the door's own. */
  const inPlain = (sql: string) =>
    over(sql, 'raw')
      .replace(/\b(from|join|,) (regions|shops)\b/g, '$1 raw_$2')
      .replace(
        /approx_distinct\((distinct )?(\w+)\) over \(partition by platform\)/,
        '(select count(distinct $2) from raw r where r.platform is not distinct from raw.platform)',
      )
      .replace(/approx_distinct\((distinct )?/g, 'count(distinct ');

  for (const sql of same)
    it(sql.slice(0, 120), async () => {
      const expected = (await postgres.plain(inPlain(sql))).map((row) => JSON.stringify(row));
      for (const view of ['sales', 'orders_by_id']) {
        // Only this one shows its key.
        if (/\bid\b/.test(sql) && view === 'sales') continue;
        const given = (await postgres.door(over(sql, view))).map((row) => JSON.stringify(row));
        const sorted = / order by .* limit /.test(sql);
        assert.deepEqual(sorted ? given : given.toSorted(), sorted ? expected : expected.toSorted(), view);
      }
    });

  for (const [sql, words] of refused)
    it(sql.slice(0, 120), async () => {
      await assert.rejects(postgres.door(over(sql, 'sales')), { code: 'SQL_NOT_EXACT', message: words });
    });

  it('LIMIT without ORDER gives rows of the whole, as many as there are: expected as a part', async () => {
    for (const sql of [
      "select extract(year from at), extract(doy from date_trunc('week', at)), count(*) from v group by 1, 2",
      "select distinct date_trunc('week', at), date_trunc('month', at) from v",
    ]) {
      const whole = (await postgres.plain(over(sql, 'raw'))).map((row) => JSON.stringify(row));
      for (const limit of [1, 20, 40]) {
        const given = (await postgres.door(over(`${sql} limit ${limit}`, 'sales'))).map((row) => JSON.stringify(row));
        assert.equal(given.length, Math.min(limit, whole.length));
        assert.deepEqual(
          given.filter((row) => !whole.includes(row)),
          [],
        );
      }
    }
  });

  it('an ordinal behind a star sorts by the column that stands there', async () => {
    const [all, cut] = ['', ' limit 3'].map(
      (limit) => `select s.*, n from orders_by_id s where platform = 'mac' order by 2, 1, id${limit}`,
    );
    assert.deepEqual(await postgres.door(cut ?? ''), (await postgres.door(all ?? '')).slice(0, 3));
  });

  it('what PostgreSQL knows as an aggregate and the guard lets pass, the planner knows as one', async () => {
    const rows = await postgres.plain("select distinct proname from pg_proc where prokind = 'a'");
    const known = rows.flatMap(([name]) => name ?? []).filter((name) => allowedFunctions.has(name));
    assert.ok(known.length > 30);
    // Without WITHIN GROUP these four are windows, which stand over what was fetched.
    const windows = ['rank', 'dense_rank', 'percent_rank', 'cume_dist'];
    assert.deepEqual(
      known.filter((name) => !aggregateFunctions.has(name) && !windows.includes(name)),
      [],
    );
  });
});
