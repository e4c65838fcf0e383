// Conditions as tools write them, over a percentage and a count of different people, which do not add up: the same numbers as plain SQL over the raw rows.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { planSql } from './plan-sql.ts';
import { views } from './test/fixed-table.ts';
import { openPostgres, type Postgres } from './test/on-postgresql.ts';

/** By the question alone. */
const pushed: readonly string[] = [
  "region = any(array['north', 'east'])",
  "region = any(array['north', null])",
  "region <> all(array['north', null])",
  "region <> all(array['north', 'east'])",
  "not (region = any(array['north']))",
  "region in (array_to_string(array['north'], ''), upper('x'))",
  "region = any('{north,South}')",
  `region = any('{"o''x%",NULL}')`,
  "region <> all('{north,NULL}')",
  "region <> all('{}')",
  "region = any('{}')",
  'region = any(null::text[])',
  'region <> all(null::text[])',
  "not (region <> all('{north,South}'::varchar[]))",
  "n = any('{1,10,-4}')",
  "n = any('{1.0,2e0}'::float8[])",
  'n <> all(array[1, 2.5])',
  "n <> all('{1,2,NULL}')",
  "region is distinct from 'north'",
  "'north' is distinct from region",
  "region is not distinct from 'north'",
  'region is distinct from null',
  'region is not distinct from null',
  'not (region is distinct from null)',
  "not (region is not distinct from 'east')",
  'n is distinct from 3',
  'n is not distinct from 3.0',
  'is_open is distinct from true',
  "at is distinct from '2024-11-05 01:02:03.017'",
  "lower(region) like '%o%'",
  "lower(region) like 's%'",
  "upper(region) like '%TH'",
  "lower(region) not like '%th'",
  "not (lower(region) not like '%th')",
  "strpos(lower(region), 'th') > 0",
  "strpos(lower(region), 'th') = 0",
  "position('south' in lower(region)) = 1",
  "not (position('ea' in lower(region)) > 0)",
  "starts_with(lower(region), 'so')",
  "left(lower(region), 2) = 'so'",
  "right(upper(region), 2) = 'TH'",
  "left(lower(region), 2) <> 'so'",
];
/** PostgreSQL chooses among the dimension's values first. */
const chosen: readonly string[] = [
  "region like 'S%'",
  "region not like '%th'",
  "region like 'n_rth'",
  "region like 'o''x\\%'",
  "lower(region) = 'south'",
  "upper(region) in ('SOUTH', 'EAST')",
  "lower(region) like '%S%'",
  "strpos(region, 'S') > 0",
  "strpos(region, '%') > 0",
  "starts_with(region, 's')",
  "left(region, 1) = 'S'",
  "left(region, 1) = 'so'",
  'length(region) > 4',
  "coalesce(region, 'none') = 'none'",
  "region ~ '^[ns]'",
  "region || '!' = 'east!'",
  "not (region like 'S%' or region is null)",
  "(region like 'S%' or platform = 'mac') and n > 1",
  "region like 'S%' or platform like 'm%'",
  "case when region = 'north' then true else region is null end",
  "upper(region) = 'NOBODY'",
  "region > 'north'",
  "region between 'a' and 'north'",
  "region like '%né%'",
  "lower(region) is distinct from 'south' and platform like '%i%'",
];

const opened = await openPostgres().catch((error: Error) => error);
const skip = opened instanceof Error ? `no PostgreSQL here: ${opened.message}` : false;

describe('conditions as tools write them', { skip }, () => {
  const postgres = opened as Postgres;
  after(() => postgres.close());
  const measures = 'measure(open_pct), measure(people), count(*)';
  const plain = '(100 * count(*) filter (where is_open)::float8 / nullif(count(*), 0)), count(distinct who), count(*)';
  const compare = async (where: string) => {
    for (const [door, raw] of [
      [`select ${measures} from sales where ${where}`, `select ${plain} from raw where ${where}`],
      [
        `select platform, ${measures} from sales s where ${where} group by 1 order by 1`,
        `select platform, ${plain} from raw s where ${where} group by 1 order by 1`,
      ],
      [
        `select platform, ${measures} from (select * from sales where is_open) s where ${where} group by 1 order by 1`,
        `select platform, ${plain} from raw s where is_open and (${where}) group by 1 order by 1`,
      ],
    ])
      assert.deepEqual(await postgres.door(door ?? ''), await postgres.plain(raw ?? ''), door);
  };
  const choices = (where: string) =>
    planSql(`select measure(people) from sales where ${where}`, { views, maxRows: 100 }).choices.length;

  for (const where of pushed)
    it(where, async () => {
      await compare(where);
      assert.equal(choices(where), 0);
    });
  for (const where of chosen)
    it(where, async () => {
      await compare(where);
      assert.ok(choices(where) > 0);
    });

  it('where measures add up nothing is chosen before: PostgreSQL computes over the groups', () => {
    const { choices } = planSql("select count(*) from sales where region like 'S%'", { views, maxRows: 100 });
    assert.deepEqual(choices, []);
  });

  it('what is of two dimensions, of chance, or of a sub-select is refused as before', async () => {
    for (const where of [
      'region > platform',
      'random() < 0.5 and length(region) > random()',
      'region like (select max(relname) from pg_class)',
      "n::text like '1%'",
    ])
      await assert.rejects(
        postgres.door(`select measure(people) from sales where ${where}`),
        { code: 'SQL_NOT_EXACT', message: /measure\(people\)/ },
        where,
      );
  });

  it('more values than a filter takes are refused', () => {
    const planned = planSql("select measure(people) from sales where region like 'x%'", { views, maxRows: 100 });
    const list = JSON.stringify(Array.from({ length: 1_001 }, (_, i) => `x${i}`));
    assert.throws(() => planned.reads[0]?.query([], [list]), { code: 'SQL_CHOICE_TOO_LARGE' });
    assert.throws(() => planned.reads[0]?.query([], []), { code: 'SQL_VALUE_INVALID' });
    assert.equal(planned.choices[0]?.read.query([], []).refuseAt, 101);
  });

  it('a long list is several filters', () => {
    const planned = planSql('select measure(people) from sales where region = any($1)', { views, maxRows: 100 });
    const list = JSON.stringify(Array.from({ length: 2_500 }, (_, i) => `x${i}`));
    const [filter] = planned.reads[0]?.query([], [list]).query.filters ?? [];
    assert.deepEqual(
      (filter as { or: { values: string[] }[] }).or.map(({ values }) => values.length),
      [1000, 1000, 500],
    );
  });
});
