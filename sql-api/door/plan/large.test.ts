// Which statements may be answered in parts: only those whose rows of the result each come of one fetched row, in an order that the layer gives.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LargeQuery } from './contract.ts';
import { planSql } from './plan-sql.ts';
import { views } from './test/fixed-table.ts';

const large = (sql: string, params: readonly string[] = []): LargeQuery | undefined => {
  const { reads } = planSql(sql, { views, maxRows: 49_999 });
  assert.ok(reads.length > 0, sql);
  return reads.map((read) => read.query(params, []).large).find((one) => one !== undefined);
};

describe('in parts', () => {
  for (const [sql, order, wanted, enough] of [
    ['select region, measure(open_pct) from sales group by 1', [], undefined, undefined],
    ['select region, upper(platform), measure(orders) from sales group by region, platform', [], undefined, undefined],
    [
      'select at, orders from (select at, measure(orders) orders from sales group by 1) x where orders > 1',
      undefined,
      0,
      0,
    ],
    ['select region, measure(open_pct) from sales group by 1 having measure(orders) > 3', [], undefined, undefined],
    ['select at, measure(people) from sales group by 1 order by 1', [['sales.at', 'asc']], undefined, undefined],
    [
      'select at, measure(people) from sales group by 1 order by 1 desc nulls last',
      [['sales.at', 'desc']],
      undefined,
      undefined,
    ],
    ['select at, measure(people) from sales group by 1 order by 1 limit 20000', [['sales.at', 'asc']], 20_000, 20_000],
    [
      'select at, region, count(orders) from sales group by 1, 2 order by 3 desc limit 20000',
      [
        ['sales.orders', 'desc'],
        ['sales.region', 'asc'],
        ['sales.at', 'asc'],
      ],
      20_000,
      20_000,
    ],
    ['select region from sales', [], undefined, undefined],
    // Each combination stands for one row at least.
    ['select region from sales limit 20000', [], 20_000, 20_000],
    ['select * from orders_by_id', [], undefined, undefined],
    ['select distinct region, at from sales', [], undefined, undefined],
    ["select region, at from sales where region like 'x%'", [], undefined, undefined],
  ] as const)
    it(sql, () => {
      const found = large(sql);
      if (order === undefined) return assert.equal(found, undefined);
      assert.deepEqual(
        [found?.query.order, found?.wanted, found?.enough, found?.query.limit],
        [order, wanted, enough, undefined],
      );
      assert.equal(found?.first.limit, 10_000);
    });
});

describe('whole, whatever its size', () => {
  for (const sql of [
    'select measure(open_pct) from sales',
    'select upper(region), measure(orders) from sales group by 1',
    'select region, measure(orders) from sales group by rollup (region)',
    'select at, measure(people) from sales group by 1 order by 1 desc',
    'select at, measure(people) from sales group by 1 order by upper(at::text)',
    'select at, measure(people) from sales group by 1 offset 5',
    'select at, measure(people) from sales group by 1 order by 1 limit 100',
    'select at, measure(people) from sales group by 1 order by 1 fetch first 20000 rows with ties',
    'select region, sum(measure(orders)) over () from sales group by 1',
    'select row_number() over () from sales',
    'select distinct upper(region) from sales',
    'select distinct on (region) region, at from sales',
    'select count(region), sum(n) from sales',
    'select region from sales union all select region from sales',
    'select region, (select max(orders) from orders_by_id) from sales',
    'with x as (select region, measure(orders) o from sales group by 1) select * from x',
    'select s.region from sales s join (values (1)) v(i) on true',
    'select region into temp t from sales',
  ])
    it(sql, () => {
      const found = attempt(sql);
      assert.equal(found, undefined);
    });
});

/** What is refused altogether is not answered in parts either. */
function attempt(sql: string): LargeQuery | undefined {
  try {
    return large(sql);
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'SQL_NOT_EXACT', sql);
    return undefined;
  }
}
