// Plans that are used again: the same text of the same tenant with the same views, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '@tessera/base';
import type { PlanOptions, PlanSql } from '../plan/contract.ts';
import { planSql } from '../plan/plan-sql.ts';
import { views } from '../test/fixture.ts';
import { rememberPlans } from './remember-plans.ts';

const options: PlanOptions = { views, maxRows: 100 };

function counting() {
  const asked: string[] = [];
  const plan: PlanSql = (sql, given) => {
    asked.push(sql);
    return planSql(sql, given);
  };
  return { asked, plan };
}

test('a text is planned once for a tenant, his views and his limit; for others it is planned anew', () => {
  const { asked, plan } = counting();
  const plans = rememberPlans(plan);
  const first = plans('acme')('select 1', options);
  assert.equal(plans('acme')('select 1', { ...options }), first);
  assert.equal(asked.length, 1);
  plans('globex')('select 1', options);
  plans('acme')('select 1', { ...options, views: [...views] });
  plans('acme')('select 1', { ...options, maxRows: 99 });
  plans('acme')('select 1 ', options);
  assert.equal(asked.length, 5);
});

test('a refusal is no plan: it is made each time, and as it was', () => {
  const { asked, plan } = counting();
  const plans = rememberPlans(plan)('acme');
  for (const _ of [1, 2])
    assert.throws(
      () => plans('delete from t', options),
      (error) => error instanceof Fault && error.sqlstate === '25006',
    );
  assert.equal(asked.length, 2);
});

test('what is held has a bound: what was used longest ago goes first, and long texts are not held', () => {
  const { asked, plan } = counting();
  const plans = rememberPlans(plan, { mostText: 40, mostInAll: 200 })('acme');
  const times = (sql: string) => asked.filter((one) => one === sql).length;
  for (let i = 0; i < 50; i += 1) {
    plans('select 1', options);
    plans(`select ${i} as other`, options);
  }
  assert.equal(times('select 1'), 1);
  plans('select 0 as other', options);
  assert.equal(times('select 0 as other'), 2);
  for (const _ of [1, 2]) plans(`select '${'x'.repeat(40)}'`, options);
  assert.equal(times(`select '${'x'.repeat(40)}'`), 2);
});
