// Roll-ups are used, give the same numbers as the rows, belong to one tenant, and follow the release.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Metric } from '../../frontend/src/metrics/metric.ts';
import { metrics } from '../../frontend/src/metrics/metrics.ts';
import {
  baselineQuery,
  breakdownQuery,
  breakdownsIn,
  cohortQuery,
  type Scope,
  totalsQuery,
  trendQuery,
} from '../../frontend/src/metrics/queries.ts';
import { insertRows } from './gold-rows.ts';
import { acme, globex, type Served, serveTenants } from './served-tenants.ts';

let served: Served;
before(async () => {
  served = await serveTenants();
  for (const copy of served.copies.values()) await insertRows(copy);
});
after(() => served.close());

async function load(query: object, tenant = acme) {
  const { status, body } = await served.ask(tenant, '/cubejs-api/v1/load', { query });
  assert.equal(status, 200, JSON.stringify(body));
  return { rows: body.data, used: Object.keys((body.usedPreAggregations as object | undefined) ?? {}) };
}
const inJanuary = (dimension: string, granularity?: string) => [
  { dimension, dateRange: ['2026-01-01', '2026-01-31'], ...(granularity ? { granularity } : {}) },
];

const dashboard: Record<string, object> = {
  'MFA adoption': { measures: ['users.mfa_adoption_pct', 'users.mfa_enrolled', 'users.mfa_population'] },
  'MFA adoption by department': { measures: ['users.mfa_adoption_pct'], dimensions: ['users.department'] },
  'MFA trend': { measures: ['user_states.mfa_adoption_pct'], timeDimensions: inJanuary('user_states.state_on', 'day') },
  'login failures': {
    measures: [
      'auth_attempts.login_failure_rate_pct',
      'auth_attempts.login_failure_rate_simple_pct',
      'auth_attempts.abandoned_pct',
    ],
    timeDimensions: inJanuary('auth_attempts.started_on'),
  },
  'login failure trend': {
    measures: ['auth_attempts.login_failure_rate_pct'],
    timeDimensions: inJanuary('auth_attempts.started_on', 'week'),
  },
  'login failures by country': {
    measures: ['auth_attempts.failed_attempts'],
    dimensions: ['auth_attempts.country'],
    timeDimensions: inJanuary('auth_attempts.started_on'),
  },
  compliance: { measures: ['devices.endpoint_compliance_pct', 'devices.coverage_pct'] },
  'compliance by platform': { measures: ['devices.endpoint_compliance_pct'], dimensions: ['devices.platform'] },
  'compliance trend': {
    measures: ['device_states.endpoint_compliance_pct'],
    timeDimensions: inJanuary('device_states.state_on', 'day'),
  },
  MTTR: { measures: ['issues.mttr_hours', 'issues.resolved_issues'], timeDimensions: inJanuary('issues.resolved_on') },
  'MTTR by priority': {
    measures: ['issues.mttr_hours'],
    dimensions: ['issues.priority'],
    timeDimensions: inJanuary('issues.resolved_on'),
  },
  'MTTR by project': {
    measures: ['issues.mttr_hours'],
    dimensions: ['issues.project_name'],
    timeDimensions: inJanuary('issues.resolved_on'),
  },
  'open issues': { measures: ['issues.open_issues'] },
  'backlog flows': {
    measures: ['backlog.net_burn', 'backlog.opened'],
    timeDimensions: inJanuary('backlog.backlog_on', 'day'),
  },
};

test('every question of the dashboard that adds up is answered from a roll-up of the tenant', async () => {
  for (const [what, query] of Object.entries(dashboard)) {
    const { used } = await load(query);
    assert.equal(used.length, 1, what);
    assert.match(used[0] ?? '', /^rollups_acme_corp_r1\./, what);
  }
});

/** Measures that do not add up: a question that holds one is answered from the rows. */
const fromRows = /distinct_users|_median_hours|_p90_hours|open_start|open_end|burn_pct/;

test('what the page itself asks is answered from a roll-up, unless it holds a number that does not add up', async () => {
  for (const isLatest of [true, false]) {
    const scope = { range: { from: '2026-01-01', to: '2026-01-30' }, isLatest, narrowings: [] };
    for (const query of metrics.flatMap((metric) => questionsOf(metric, scope))) {
      const { status, body } = await served.ask(acme, '/cubejs-api/v1/load', { query, queryType: 'multi' });
      assert.equal(status, 200, JSON.stringify(body));
      for (const { usedPreAggregations = {} } of body.results) {
        const isRolled = Object.keys(usedPreAggregations as object).length > 0;
        assert.equal(isRolled, !fromRows.test(String(query.measures)), JSON.stringify(query));
      }
    }
  }
});

/** Every part of a tile. */
const questionsOf = (metric: Metric, scope: Scope) =>
  [
    totalsQuery(metric, scope),
    ...(metric.kind === 'state' ? [baselineQuery(metric, scope)] : []),
    trendQuery(metric, scope, 'day'),
    trendQuery(metric, scope, 'week'),
    ...breakdownsIn(metric, scope).map((breakdown) => breakdownQuery(metric, breakdown, scope)),
    cohortQuery(metric, scope),
  ].filter((query) => query !== undefined);

test('a roll-up and the rows give the same numbers', async () => {
  // A filter on a dimension that no roll-up has sends the same question to the rows; it keeps them all.
  const everything: Record<string, object> = {
    auth_attempts: { member: 'auth_attempts.client_ip', operator: 'notEquals', values: ['x'] },
    issues: { member: 'issues.issue_key', operator: 'set' },
  };
  const questions = [
    {
      measures: ['auth_attempts.login_failure_rate_pct', 'auth_attempts.abandoned_pct'],
      timeDimensions: inJanuary('auth_attempts.started_on', 'day'),
    },
    {
      measures: ['issues.mttr_hours', 'issues.reopen_rate_pct', 'issues.open_issues'],
      dimensions: ['issues.priority'],
      order: { 'issues.priority': 'asc' },
    },
  ];
  for (const question of questions) {
    const view = question.measures[0]?.split('.')[0] ?? '';
    const rolled = await load(question);
    const raw = await load({ ...question, filters: [everything[view]] });
    assert.equal(rolled.used.length, 1);
    assert.equal(raw.used.length, 0);
    assert.deepEqual(rolled.rows, raw.rows);
  }
});

test('distinct counts, quantiles and stocks are never answered from a roll-up', async () => {
  for (const measure of ['auth_attempts.distinct_users', 'issues.ttr_median_hours', 'backlog.open_end']) {
    assert.deepEqual((await load({ measures: [measure] })).used, [], measure);
  }
});

test('attack 73: each tenant has roll-ups of its own, named after it', async () => {
  const query = { measures: ['users.mfa_adoption_pct'] };
  assert.match((await load(query, globex)).used[0] ?? '', /^rollups_globex_inc_r1\./);
  assert.match((await load(query, acme)).used[0] ?? '', /^rollups_acme_corp_r1\./);
  const schemas = await served.copies
    .get(globex)
    ?.driver.query<{ schema_name: string }>('SELECT schema_name FROM information_schema.schemata', []);
  assert.ok(!schemas?.some((schema) => schema.schema_name.includes('acme')));
});

test('a new release is seen at once, in answers from roll-ups, from rows and from the cache (attack 128)', async () => {
  const questions = [
    { measures: ['users.user_count'] },
    { measures: ['users.user_count'], dimensions: ['users.email'] },
  ];
  const before = await Promise.all(questions.map((query) => load(query, globex)));
  await served.copies.get(globex)?.insert('dim_user', [{ user_key: 'new', email: 'new@globex.example' }]);
  assert.deepEqual(await Promise.all(questions.map((query) => load(query, globex))), before, 'one release, one answer');
  served.publish(globex);
  const [total, people] = await Promise.all(questions.map((query) => load(query, globex)));
  assert.equal(total?.rows[0]?.['users.user_count'], '5');
  assert.equal(people?.rows.length, 5);
  assert.match(total?.used[0] ?? '', /_r2\./);
});

test('warming builds every roll-up of the tenant before anybody asks', async () => {
  const { driver } = served.copies.get(globex) ?? assert.fail();
  served.publish(globex);
  served.publish(globex);
  await served.warm(globex);
  const tables = await driver.query<{ s: string; n: number }>(
    "SELECT table_schema AS s, count(*)::INTEGER AS n FROM information_schema.tables WHERE table_schema = 'rollups_globex_inc_r4' GROUP BY 1",
    [],
  );
  assert.deepEqual(
    tables.map((row) => row.s),
    ['rollups_globex_inc_r4'],
  );
  assert.ok(Number(tables[0]?.n) >= 16);
});
