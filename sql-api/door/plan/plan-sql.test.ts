// What each form of SQL becomes: the question that is asked, and the text that PostgreSQL runs. And what is refused, with which words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '@tessera/base';
import fc from 'fast-check';
import type { SemanticView } from '../contract.ts';
import type { Planned } from './contract.ts';
import { planSql } from './plan-sql.ts';
import { lookupViews } from './test/fixed-lookups.ts';
import { views as fixed } from './test/fixed-table.ts';

const masked: SemanticView = {
  ...fixed[0]!,
  name: 'people',
  columns: [
    ...fixed[0]!.columns.filter(({ name }) => name !== 'platform'),
    { name: 'email', kind: 'dimension', type: 'text', title: '', about: '', masked: true },
    { name: 'active', kind: 'segment', type: 'bool', title: '', about: '' },
  ],
};
const options = { views: [...fixed, masked, ...lookupViews], maxRows: 1000 };
const plan = (sql: string) => planSql(sql, options);

/** The questions in one line each: `measures by dimensions where filters order limit mode`. */
function asked(planned: Planned, params: readonly (string | null)[] = [], probed: readonly string[] = []): string[] {
  return planned.reads.map((read) => {
    const { query, ungrouped, empty, repeats } = read.query(params, probed);
    const times = (query.timeDimensions ?? []).map(({ dimension, granularity }) => `${dimension}.${granularity}`);
    const by = [...(query.dimensions ?? []), ...times].map(short).join(' ');
    const order = Array.isArray(query.order)
      ? ` order ${query.order.map(([m, d]) => `${short(m)} ${d}`).join(', ')}`
      : '';
    return [
      (query.measures ?? []).map(short).join(' '),
      by && ` by ${by}`,
      query.segments ? ` in ${query.segments.map(short).join(' ')}` : '',
      query.filters ? ` where ${query.filters.map(filterText).join(' & ')}` : '',
      order,
      query.limit === 1001 ? '' : ` limit ${query.limit}`,
      ungrouped ? ' UNGROUPED' : '',
      empty ? ' EMPTY' : '',
      repeats ? ' REPEATED' : '',
    ].join('');
  });
}
const short = (member: string) => member.replace(/^[a-z_]+\./, '');
function filterText(filter: unknown): string {
  const one = filter as { and?: unknown[]; or?: unknown[]; member: string; operator: string; values?: string[] };
  if (one.and) return `(${one.and.map(filterText).join(' & ')})`;
  if (one.or) return `(${one.or.map(filterText).join(' | ')})`;
  return `${short(one.member)} ${one.operator}${one.values ? ` ${one.values.join(',')}` : ''}`;
}

describe('each form of SQL becomes its question', () => {
  const rows: readonly (readonly [sql: string, ...asked: string[]])[] = [
    ['select measure(open_pct) from sales', 'open_pct'],
    ['select measure(t.people) from public."sales" as t', 'people'],
    ['select count(*) from sales', 'orders'],
    ['select count(1), count(orders), sum(orders) from sales', 'orders'],
    ['select count(distinct people), approx_distinct(people) from sales', 'people'],
    ['select max(biggest), sum(total), avg(open_pct) from sales', 'total open_pct biggest'],
    ['select region from sales group by 1', ' by region'],
    ['select distinct region from sales', ' by region'],
    ['select region from sales', 'orders by region where orders gt 0 REPEATED'],
    ['select region from uncounted', ' by region UNGROUPED'],
    ['select region, total from sales', 'total by region UNGROUPED'],
    ['table uncounted', 'orders total biggest by region platform is_open n at day_on local_on UNGROUPED'],
    ["select date_trunc('month', at), measure(people) from sales group by 1", 'people by at.month'],
    ["select date_trunc('month', at::timestamp)::date m, measure(people) from sales group by m", 'people by at.month'],
    ["select date_trunc('year', date_trunc('month', at)), measure(people) from sales group by 1", 'people by at.year'],
    [
      "select extract(year from at), date_part('month', at), measure(people) from sales group by 1, 2",
      'people by at.month',
    ],
    ["select to_char(at, 'YYYY-MM'), measure(people) from sales group by 1", 'people by at.month'],
    ['select cast(at as date), measure(people) from sales group by 1', 'people by at.day'],
    ['select at, measure(people) from sales group by at', 'people by at'],
    ['select day_on, measure(people) from sales group by 1', 'people by day_on.day'],
    ['select local_on, measure(people) from sales group by 1', 'people by local_on.day'],
    ['select upper(region), sum(total) from sales group by 1', 'total by region'],
    ["select measure(people) from sales where region = 'x'", 'people where region equals x'],
    ["select measure(people) from sales where region <> 'x'", 'people where region notEquals x & region set'],
    [
      "select measure(people) from sales where region in ('x', 'y') and is_open",
      'people where region equals x,y & is_open equals true',
    ],
    [
      "select measure(people) from sales where region not in ('x', 'y')",
      'people where region notEquals x,y & region set',
    ],
    ["select measure(people) from sales where region ilike '%x%'", 'people where region contains x'],
    ["select measure(people) from sales where region ilike 'x%'", 'people where region startsWith x'],
    ["select measure(people) from sales where region not ilike '%x'", 'people where region notEndsWith x & region set'],
    ["select measure(people) from sales where region like 'x'", 'people where region equals x'],
    ["select measure(people) from sales where lower(region) like '%x%'", 'people where region contains x'],
    ["select measure(people) from sales where strpos(lower(region), 'x') > 0", 'people where region contains x'],
    ["select measure(people) from sales where region = any(array['x', 'y'])", 'people where region equals x,y'],
    [
      "select measure(people) from sales where region is distinct from 'x'",
      'people where ((region notEquals x & region set) | region notSet)',
    ],
    [
      'select measure(people) from sales where region is null and platform is not null',
      'people where region notSet & platform set',
    ],
    ['select measure(people) from sales where n > 1 and 5 >= n', 'people where n gt 1 & n lte 5'],
    [
      'select measure(people) from sales where not (n < 1 or is_open)',
      'people where n gte 1 & (is_open notEquals true & is_open set)',
    ],
    [
      "select measure(people) from sales where region = 'x' or (n = 1 and n <> 2)",
      'people where (region equals x | (n equals 1 & (n notEquals 2 & n set)))',
    ],
    [
      "select measure(people) from sales where at >= '2026-01-01' and at < '2026-02-01'",
      'people where at afterOrOnDate 2026-01-01T00:00:00.000 & at beforeDate 2026-02-01T00:00:00.000',
    ],
    [
      "select measure(people) from sales where date_trunc('month', at) = '2026-01-01'",
      'people where at afterOrOnDate 2026-01-01T00:00:00.000 & at beforeDate 2026-02-01T00:00:00.000',
    ],
    [
      'select measure(people) from sales where extract(year from at) = 2026',
      'people where at afterOrOnDate 2026-01-01T00:00:00.000 & at beforeDate 2027-01-01T00:00:00.000',
    ],
    ['select measure(orders) from people where active', 'orders in active'],
    ['select measure(orders) from people where active is true and n = 1', 'orders in active where n equals 1'],
    ['select email, measure(orders) from people group by 1', 'orders by email'],
    ['select region, measure(orders) from sales group by 1 having measure(orders) > 3', 'orders by region'],
    [
      'select region, measure(orders) o from sales group by 1 order by o desc limit 5 offset 2',
      'orders by region order orders desc, region asc limit 7',
    ],
    ['select region, measure(open_pct) o from sales group by 1 order by o desc limit 5', 'open_pct by region'],
    [
      'select region, measure(open_pct) o from sales group by 1 order by o desc nulls last limit 5',
      'open_pct by region order open_pct desc, region asc limit 5',
    ],
    ['select region, measure(orders) from sales group by 1 limit 0', 'orders by region limit 1 EMPTY'],
    [
      'select * from uncounted limit 10',
      'orders total biggest by region platform is_open n at day_on local_on limit 10 UNGROUPED',
    ],
    [
      'with x as (select * from sales where is_open) select region, measure(people) from x group by 1',
      'people by region where is_open equals true',
    ],
    [
      'select measure(people), lag(measure(people)) over (order by region) from sales group by region',
      'people by region',
    ],
    ['select measure(orders) from sales union all select measure(people) from sales', 'orders', 'people'],
    [
      'select s.region, measure(s.open_pct), measure(o.people) from sales s join orders_by_id o on s.region = o.region group by 1',
      'open_pct by region',
      'people by region',
    ],
    // Other conditions of a join than those by the whole key, and what else may stand in one: generated-joins.ts.
    [
      'select r.zone, sum(s.total), count(*) from sales s left join regions r on s.region = r.region where s.n > 1 group by 1',
      'total orders by region where n gt 1',
      ' by region zone',
    ],
    [
      "select r.zone, measure(s.orders) from sales s join regions r on s.region = r.region where r.zone = 'warm' group by 1",
      'orders by region',
      ' by region zone where zone equals warm',
    ],
    [
      'select s.region, r.zone, measure(s.open_pct) from sales s left join regions r using (region) group by 1, 2',
      'open_pct by region',
      ' by region zone',
    ],
    [
      'select "_".zone, "_".a0 from (select "rows".zone as zone, sum("rows".total) as a0 from (select "$Outer".total, "$Inner".zone from (select region, total from sales "$Table") "$Outer" left outer join (select region, zone from regions "$Table") "$Inner" on ("$Outer".region = "$Inner".region)) "rows" group by zone) "_" where not "_".a0 is null limit 1000001',
      'total by region',
      ' by region zone',
    ],
    ['select distinct r.zone from sales s join regions r on s.region = r.region', ' by region', ' by region zone'],
    ['declare c cursor for select measure(orders) from sales', 'orders'],
    ['create temp table t as select measure(orders) from sales', 'orders'],
    ['select measure(orders) o into temp t from sales', 'orders'],
    ['explain (analyze off, format json) select measure(orders) from sales', 'orders'],
    ['explain verbose select measure(orders) from sales', 'orders'],
    ['prepare p as select measure(orders) from sales', 'orders'],
    [
      'select * from orders_by_id limit 3',
      'orders total open_pct people biggest by region platform is_open n at day_on local_on id limit 3',
    ],
    ['select relname from pg_class'],
  ];
  for (const [sql, ...expected] of rows) it(sql, () => assert.deepEqual(asked(plan(sql)), expected));
});

describe('the wrappers of BI tools are looked through', () => {
  const rows: readonly (readonly [tool: string, sql: string, ...asked: string[]])[] = [
    [
      'Power BI',
      'select "_"."region", "_"."a0" from (select "rows"."region" as "region", sum("rows"."orders") as "a0" from (select "region", "orders" from "public"."sales" "$Table") "rows" group by "region") "_" where not "_"."a0" is null limit 1000001',
      'orders by region',
    ],
    [
      'Superset',
      "SELECT DATE_TRUNC('day', at) AS __timestamp, MEASURE(open_pct) AS p FROM (SELECT * FROM sales) AS virtual_table WHERE region IN ('a') GROUP BY DATE_TRUNC('day', at) ORDER BY p DESC NULLS LAST LIMIT 10",
      'open_pct by at.day where region equals a order open_pct desc, at asc limit 10',
    ],
    [
      'Tableau',
      'SELECT "t"."region" AS "region", SUM("t"."total") AS "s" FROM "public"."sales" "t" INNER JOIN (SELECT "u"."region" AS "region", SUM("u"."total") AS "x" FROM "public"."sales" "u" GROUP BY 1 ORDER BY 2 DESC NULLS LAST LIMIT 3) "t0" ON ("t"."region" = "t0"."region") GROUP BY 1',
      'total by region',
      'total by region order total desc, region asc limit 3',
    ],
    [
      'Metabase',
      'SELECT "source"."region" AS "region", COUNT(*) AS "count" FROM (SELECT "public"."sales"."region" AS "region" FROM "public"."sales" WHERE ("public"."sales"."is_open" = TRUE)) "source" GROUP BY "source"."region"',
      'orders by region where is_open equals true',
    ],
    [
      'Sigma',
      "with Q1 as (select REGION R, date_trunc('month', AT) M, OPEN_PCT P from SALES) select Q1.M, avg(Q1.P) from Q1 group by 1",
      'open_pct by at.month',
    ],
    [
      'ThoughtSpot',
      'select "ta_1"."region" "ca_1", case when sum("ta_1"."orders") is not null then sum("ta_1"."orders") else 0 end "ca_2" from "public"."sales" "ta_1" group by "ca_1"',
      'orders by region',
    ],
  ];
  for (const [tool, sql, ...expected] of rows) it(tool, () => assert.deepEqual(asked(plan(sql)), expected));
});

const twin = (sql: string) => plan(sql).twin((read, column) => `$${read}_${column}`);

describe('the twin', () => {
  it('has the rows in the place of the view, columns that were not asked for raise, everything else stays as it was', () => {
    const { text } = twin(
      "/* é */ SELECT Region, Count( * ) -- all\n FROM uncounted WHERE region = 'x'  AND upper(region) = 'X' GROUP BY region".replace(
        'Count( * )',
        'Sum(orders)',
      ),
    );
    assert.match(
      text,
      /^\/\* é \*\/ SELECT Region, door_count\.Sum\(orders\) -- all\n FROM \(select "orders", door\.absent\(null::float8\) as "total".* from unnest\(\$0_0, \$0_1\) as t\("region", "orders"\)\) as "uncounted" WHERE true {2}AND upper\(region\) = 'X' GROUP BY region$/,
    );
  });

  it('keeps the client’s text byte for byte around its edits, and maps places back', () => {
    const pads = fc.string({
      unit: fc.constantFrom(' ', '\n', '\t', '/* ü € 𝄞 */', '-- x\n'),
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(pads, pads, pads, pads, (a, b, c, d) => {
        const sql = `select${a}region,${b}count(distinct people)${c}from sales${d}group by region`;
        const { text, position } = twin(sql);
        const [head, tail] = text.split(/\(select .* as "sales"/s);
        assert.equal(head, `select${a}region,${b}door_one.count( people)${c}from `);
        assert.equal(tail, `${d}group by region`);
        assert.equal(position(text.length), sql.length);
        assert.equal(position(1 + text.indexOf('region')), 1 + sql.indexOf('region'));
        assert.equal(sql.slice(position(1 + text.indexOf('(select ')) - 1).startsWith('sales'), true);
      }),
    );
  });

  it('repeats combinations as often as there are rows', () => {
    assert.match(twin('select region from sales').text, /generate_series\(1, t\.tessera_rows\)\) as "sales"$/);
  });
});

describe('values', () => {
  it('of parameters come at Bind; NULL meets nothing, and the answer still has the shape of one over nothing', () => {
    const planned = plan('select measure(orders) from sales where region = $1 and n > $2');
    assert.equal(planned.paramCount, 2);
    assert.equal(planned.probe, undefined);
    assert.deepEqual(asked(planned, ["o'x", '1.5']), ["orders where region equals o'x & n gt 1.5"]);
    assert.deepEqual(asked(planned, [null, '1']), ['orders where region set & region notSet']);
    assert.throws(() => asked(planned, ['x', 'NaN']), { sqlstate: '22P02' });
  });

  it('that PostgreSQL must compute are asked of it first', () => {
    const planned = plan("select measure(people) from sales where at >= now() - interval '7 days' and at < $1");
    assert.equal(
      planned.probe,
      "select (date_trunc('milliseconds', (now() - '7 days'::interval)::timestamp))::text, (($1)::timestamp)::text",
    );
    assert.deepEqual(asked(planned, [], ['2026-01-01 00:00:00', '2026-01-02 12:00:00.5']), [
      'people where at afterOrOnDate 2026-01-01T00:00:00.000 & at beforeDate 2026-01-02T12:00:00.500',
    ]);
  });

  it('more than the limit are refused where they come, unless the client cut them himself', () => {
    assert.equal(plan('select region from sales group by 1').reads[0]?.query([], []).refuseAt, 1001);
    assert.equal(plan('select region from sales group by 1 limit 10').reads[0]?.query([], []).refuseAt, undefined);
    assert.equal(plan('select region from sales group by 1 limit 1000001').reads[0]?.query([], []).refuseAt, 1001);
  });
});

describe('what is not exact is refused, with the clause and a way out (attack 116)', () => {
  const rows: readonly (readonly [sql: string, sqlstate: string, words: RegExp, hint?: RegExp])[] = [
    [
      'select upper(region), measure(open_pct) from sales group by 1',
      '0A000',
      /measure\(open_pct\).*by region/,
      /Group by plain dimensions/,
    ],
    ['select measure(people) from sales where region like platform', '0A000', /measure\(people\)/, /filter by/],
    ['select region, measure(people) from sales group by rollup (region)', '0A000', /ROLLUP/],
    ['select extract(month from at), measure(people) from sales group by 1', '0A000', /by at/],
    ['select avg(total) from sales', '0A000', /computed as sum/, /MEASURE\(total\)/],
    ['select sum(case when is_open then open_pct else 0 end) from sales', '0A000', /open_pct/, /MEASURE\(open_pct\)/],
    [
      "select k.w, measure(s.total) from sales s join (values ('US', 1)) k(r, w) on k.r = upper(s.region) group by 1",
      '0A000',
      /over a join/,
    ],
    ['select count(*) from uncounted', '0A000', /COUNT\(\*\)/],
    ['select measure(total + 1) from sales', '0A000', /MEASURE\(\)/],
    [
      'select s.region, sum(s.total) from sales s join orders_by_id o on s.region = o.region group by 1',
      '0A000',
      /join of views/,
      /MEASURE\(\)/,
    ],
    [
      'select s.region, measure(s.people) from sales s join orders_by_id o on s.n = o.n group by 1',
      '0A000',
      /MEASURE\(\) over this join/,
    ],
    [
      'select r.zone, measure(s.open_pct) from sales s join regions r on s.region = r.region group by 1',
      '0A000',
      /measure\(open_pct\).*by region/,
      /Group by the columns of sales/,
    ],
    [
      'select p.platform, measure(s.people) from sales s left join shops p on s.region = p.region and s.platform = p.platform group by 1',
      '0A000',
      /measure\(people\)/,
      /Group by sales\.platform instead/,
    ],
    ['select sum(s.total) from sales s join shops p on s.region = p.region', '0A000', /join of views/],
    [
      'select sum(s.total) from sales s cross join regions r left join shops p on s.region = r.region and p.region = s.region and p.platform = s.platform',
      '0A000',
      /join of views/,
    ],
    ['select sum(r.region_count) from sales s join regions r using (region)', '0A000', /repeats rows of regions/],
    [
      'select r.zone, measure(r.region_count), measure(s.orders) from sales s join regions r using (region) group by 1',
      '0A000',
      /over this join/,
    ],
    ['select count(*) from regions r left join sales s using (region)', '0A000', /COUNT\(\*\) over an outer join/],
    [
      'select r.zone, sum(r.size) from regions r left join sales s using (region) group by 1',
      '0A000',
      /sum\(\) over an outer join/,
    ],
    ['explain analyze select measure(orders) from sales', '0A000', /EXPLAIN ANALYZE/, /Write EXPLAIN/],
    ['explain (analyze) select * from sales', '0A000', /EXPLAIN ANALYZE/],
    ['explain (format yaml) select region from sales', '0A000', /FORMAT YAML/],
    ['select region from sales natural join orders_by_id', '0A000', /JOIN/],
    ['select open_pct + 1 from sales', '0A000', /no value for a single row/, /GROUP BY|group by/],
    ['select region, total from sales group by region', '42803', /must appear in the GROUP BY/, /MEASURE/],
    ['select active from people', '0A000', /Segment active/, /WHERE active/],
    ["select measure(orders) from people where email = 'a'", '42501', /email/],
    ['select upper(email) from people group by 1', '42501', /email/],
    ['select email from people order by 1', '42501', /email/],
    ['select count(distinct email) from people', '42501', /email/],
    ['select measure(people) from sales tablesample system (1)', '0A000', /FROM/],
    ['select region from sales for update', '25006', /FOR UPDATE/],
    ['selec 1', '42601', /syntax error at or near "selec"/],
    ["select '\0'", '22021', /NUL/],
    [`select ${'('.repeat(10_000)}1${')'.repeat(10_000)}`, '54001', /nested/],
    [`select ${'not '.repeat(8_000)} true`, '54001', /nested/],
    [`select 1 where 1 in (${Array(10_000).fill(1).join(',')})`, '54000', /words/],
    [`select '${'x'.repeat(16_000_000)}'`, '54000', /bytes/],
    [`select ${Array(4_000).fill('1').join('+')}`, '54001', /nested/],
    [`select ${Array(1_100).fill('1').join('+')}`, '54001', /nested/],
  ];
  for (const [sql, sqlstate, words, hint] of rows)
    it(`${sql.slice(0, 90)} → ${sqlstate}`, () => {
      assert.throws(
        () => plan(sql),
        (error) => {
          assert.ok(error instanceof Fault, String(error));
          assert.equal(error.sqlstate, sqlstate);
          assert.match(error.message, words);
          if (hint) assert.match(error.hint ?? '', hint);
          return true;
        },
      );
    });

  it('a syntax error has its place in characters', () => {
    assert.throws(
      () => plan("select 'é€𝄞', frm x y z"),
      (error) => error instanceof Fault && error.code === 'SQL_SYNTAX' && (error.position ?? 0) > 14,
    );
  });
});

it('whatever the text is, nothing but a Fault is thrown (attack 117)', () => {
  const words =
    'select from where group by order limit measure count ( ) * , . = < and or not in is null case when then end sales region total at $1 1 \'x\' "y" with as union all join on using over partition distinct between like ; :: [ ] interval exists lateral values table'.split(
      ' ',
    );
  const text = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((list) => list.join(' ')),
    fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((list) => `select ${list.join(' ')} from sales`),
  );
  fc.assert(
    fc.property(text, (sql) => {
      try {
        const planned = plan(sql);
        for (const read of planned.reads) read.query([null, null], [null, null, null]);
        planned.twin(() => 'null');
      } catch (error) {
        assert.ok(
          error instanceof Fault && error.code !== 'INTERNAL',
          `${sql}: ${error instanceof Fault ? (error.cause as Error)?.stack : error}`,
        );
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
});
