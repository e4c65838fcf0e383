// The numbers and shapes that Cube answers, through the whole door, on rows whose metrics can be computed in the head.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { insertRows } from './gold-rows.ts';
import { acme, globex, type Served, serveTenants } from './served-tenants.ts';

let served: Served;
before(async () => {
  served = await serveTenants();
  for (const copy of served.copies.values()) await insertRows(copy);
  await served.copies.get(globex)?.insert('dim_user', [{ user_key: 'only-globex', email: 'canary@globex.example' }]);
});
after(() => served.close());

const load = (query: object, tenant = acme) => served.ask(tenant, '/cubejs-api/v1/load', { query });
async function answer(query: object, tenant = acme) {
  const { status, body } = await load(query, tenant);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data;
}

test('MFA adoption has its numerator, denominator and what is left out', async () => {
  const measures = [
    'users.mfa_enrolled',
    'users.mfa_population',
    'users.mfa_adoption_pct',
    'users.mfa_excluded',
    'users.admins_without_mfa',
  ];
  assert.deepEqual(await answer({ measures }), [
    {
      'users.mfa_enrolled': '1',
      'users.mfa_population': '3',
      'users.mfa_adoption_pct': String(100 / 3),
      'users.mfa_excluded': '1',
      'users.admins_without_mfa': '1',
    },
  ]);
});

test('a share without a denominator is nothing, not zero', async () => {
  const filters = [{ member: 'users.department', operator: 'equals', values: ['nowhere'] }];
  const [row] = await answer({ measures: ['users.mfa_adoption_pct'], filters });
  assert.equal(row?.['users.mfa_adoption_pct'], null);
});

test('the login failure rate leaves abandoned attempts out of both sides', async () => {
  const measures = [
    'auth_attempts.login_failure_rate_pct',
    'auth_attempts.abandoned_pct',
    'auth_attempts.mfa_sign_in_pct',
  ];
  assert.deepEqual(await answer({ measures }), [
    {
      'auth_attempts.login_failure_rate_pct': '40',
      'auth_attempts.abandoned_pct': String(100 / 6),
      'auth_attempts.mfa_sign_in_pct': String(100 / 3),
    },
  ]);
});

test('a trend by day has a row for each day, and the day under its plain name as well', async () => {
  const timeDimensions = [
    { dimension: 'auth_attempts.started_on', granularity: 'day', dateRange: ['2026-01-01', '2026-01-02'] },
  ];
  const rows = await answer({
    measures: ['auth_attempts.attempt_count'],
    timeDimensions,
    order: { 'auth_attempts.started_on': 'asc' },
  });
  assert.deepEqual(rows, [
    {
      'auth_attempts.started_on.day': '2026-01-01T00:00:00.000',
      'auth_attempts.started_on': '2026-01-01T00:00:00.000',
      'auth_attempts.attempt_count': '3',
    },
    {
      'auth_attempts.started_on.day': '2026-01-02T00:00:00.000',
      'auth_attempts.started_on': '2026-01-02T00:00:00.000',
      'auth_attempts.attempt_count': '1',
    },
  ]);
});

test('MTTR counts resolved issues only, without deleted ones and sub-tasks', async () => {
  const measures = [
    'issues.mttr_hours',
    'issues.resolved_issues',
    'issues.ttr_median_hours',
    'issues.open_issues',
    'issues.mttr_excluded',
    'issues.reopen_rate_pct',
    'issues.issue_count',
  ];
  assert.deepEqual(await answer({ measures }), [
    {
      'issues.mttr_hours': '4',
      'issues.resolved_issues': '3',
      'issues.ttr_median_hours': '3',
      'issues.open_issues': '1',
      'issues.mttr_excluded': '1',
      'issues.reopen_rate_pct': '25',
      'issues.issue_count': '5',
    },
  ]);
});

test('MTTR by project brings the name of the project', async () => {
  const rows = await answer({
    measures: ['issues.issue_count'],
    dimensions: ['issues.project_key', 'issues.project_name'],
    order: { 'issues.project_key': 'asc' },
  });
  assert.deepEqual(
    rows.map((row) => [row['issues.project_name'], row['issues.issue_count']]),
    [
      ['Development', '1'],
      ['Operations', '4'],
    ],
  );
});

test('the stock of the backlog is taken at the first and last day of each group, its flows add up', async () => {
  const measures = [
    'backlog.open_start',
    'backlog.opened',
    'backlog.closed',
    'backlog.open_end',
    'backlog.net_burn',
    'backlog.burn_pct',
    'backlog.burn_ratio',
  ];
  const over = (granularity?: string) => [
    {
      dimension: 'backlog.backlog_on',
      dateRange: ['2026-01-01', '2026-01-02'],
      ...(granularity ? { granularity } : {}),
    },
  ];
  const [total] = await answer({ measures, timeDimensions: over() });
  assert.deepEqual(total, {
    'backlog.open_start': '14',
    'backlog.opened': '3',
    'backlog.closed': '8',
    'backlog.open_end': '9',
    'backlog.net_burn': '5',
    'backlog.burn_pct': String((100 * 5) / 14),
    'backlog.burn_ratio': String(8 / 3),
  });
  const days = await answer({
    measures: ['backlog.open_start', 'backlog.open_end'],
    timeDimensions: over('day'),
    order: { 'backlog.backlog_on': 'asc' },
  });
  assert.deepEqual(
    days.map((row) => [row['backlog.open_start'], row['backlog.open_end']]),
    [
      ['14', '15'],
      ['15', '9'],
    ],
  );
});

test('attack 70: two tenants with the same question get their own rows, the first time and from the cache', async () => {
  const query = { measures: ['users.user_count'], dimensions: ['users.email'], order: { 'users.email': 'asc' } };
  for (let round = 0; round < 3; round += 1) {
    const [ours, theirs] = await Promise.all([load(query, acme), load(query, globex)]);
    assert.equal(ours.body.data.length, 4);
    assert.equal(theirs.body.data.length, 5);
    assert.doesNotMatch(JSON.stringify(ours.body), /globex/);
  }
});

test('even where an engine held another tenant\u2019s rows, the predicate keeps them out', async () => {
  await served.copies
    .get(acme)
    ?.insert('dim_device', [{ device_key: 'x', tenant_id: 'globex-inc', device_name: 'canary' }]);
  const rows = await answer({ measures: ['devices.device_count'] });
  assert.deepEqual(rows, [{ 'devices.device_count': '0' }]);
  const named = await answer({
    dimensions: ['devices.device_name'],
    filters: [
      {
        or: [
          { member: 'devices.device_name', operator: 'set' },
          { member: 'devices.device_name', operator: 'notSet' },
        ],
      },
    ],
  });
  assert.deepEqual(named, []);
});

test('attack 58: the echo of the query holds no predicate and no name from behind the views', async () => {
  const { body } = await load({ measures: ['users.user_count'], limit: 5 });
  assert.deepEqual((body.query as { filters: unknown }).filters, []);
  assert.equal((body.query as { rowLimit: unknown }).rowLimit, 5);
  assert.doesNotMatch(JSON.stringify(body.query), /tenant_id/);
});

test('a comparison of two ranges answers with both, the way Cube\u2019s client expects', async () => {
  const compareDateRange = [
    ['2026-01-01', '2026-01-31'],
    ['2026-02-01', '2026-02-28'],
  ];
  const query = {
    measures: ['auth_attempts.success'],
    timeDimensions: [{ dimension: 'auth_attempts.started_on', compareDateRange }],
  };
  const { status, body } = await served.ask(acme, '/cubejs-api/v1/load', { query, queryType: 'multi' });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.queryType, 'compareDateRangeQuery');
  assert.deepEqual(
    body.results.map(({ data }) => data),
    [
      [{ 'auth_attempts.success': '1', compareDateRange: '2026-01-01T00:00:00.000 - 2026-01-31T23:59:59.999' }],
      [{ 'auth_attempts.success': '2', compareDateRange: '2026-02-01T00:00:00.000 - 2026-02-28T23:59:59.999' }],
    ],
  );
  assert.deepEqual((body.pivotQuery as { dimensions: unknown }).dimensions, ['compareDateRange']);
});

test('two queries at once are blended by their time (attack 45)', async () => {
  const by = (measure: string, dimension: string) => ({
    measures: [measure],
    timeDimensions: [{ dimension, granularity: 'month', dateRange: ['2026-01-01', '2026-02-28'] }],
  });
  const query = [
    by('auth_attempts.success', 'auth_attempts.started_on'),
    by('issues.resolved_issues', 'issues.resolved_on'),
  ];
  const { status, body } = await served.ask(acme, '/cubejs-api/v1/load', { query, queryType: 'multi' });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.queryType, 'blendingQuery');
  assert.equal(body.results[1]?.data[0]?.['time.month'], '2026-01-01T00:00:00.000');
});

test('GET answers as POST does, and the compact format carries the same cells', async () => {
  const query = {
    measures: ['users.user_count'],
    dimensions: ['users.department'],
    order: { 'users.department': 'asc' },
  };
  const headers = { authorization: `Bearer ${await served.token(acme)}` };
  const got = await fetch(
    `${served.url}/cubejs-api/v1/load?${new URLSearchParams({ query: JSON.stringify(query), queryType: 'multi' })}`,
    { headers },
  );
  const body = (await got.json()) as { results: { data: unknown }[] };
  assert.deepEqual(body.results[0]?.data, await answer(query));
  assert.deepEqual((await load({ ...query, responseFormat: 'compact' })).body.data, {
    members: ['users.department', 'users.user_count'],
    dataset: [
      ['IT', '3'],
      ["O'Hara", '1'],
    ],
  });
});

test('GraphQL answers with the same numbers', async () => {
  const query =
    'query Q($d: [String]) { cube(where: { users: { department: { in: $d } } }) { users { department user_count mfa_adoption_pct } } }';
  const { status, body } = await served.ask(acme, '/cubejs-api/graphql', { query, variables: { d: ['IT'] } });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual((body.data as unknown as { cube: unknown }).cube, [
    { users: { department: 'IT', user_count: 3, mfa_adoption_pct: 50 } },
  ]);
});

test('GraphQL groups time by the granularity that is asked for', async () => {
  const query =
    '{ cube(orderBy: { auth_attempts: { started_on: asc } }) { auth_attempts { attempt_count started_on { month } } } }';
  const { body } = await served.ask(acme, '/cubejs-api/graphql', { query });
  const rows = (body.data as unknown as { cube: { auth_attempts: { started_on: { month: string } } }[] }).cube;
  assert.deepEqual(
    rows.map((row) => row.auth_attempts.started_on.month),
    ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
  );
});

test('the description of the model holds the public views with their sentences, and nothing behind them', async () => {
  const response = await fetch(`${served.url}/cubejs-api/v1/meta`, {
    headers: { authorization: `Bearer ${await served.token(acme)}` },
  });
  const { cubes } = (await response.json()) as {
    cubes: { name: string; measures: { name: string; description: string }[] }[];
  };
  assert.equal(cubes.length, 10);
  const rate = cubes
    .flatMap((cube) => cube.measures)
    .find((measure) => measure.name === 'auth_attempts.login_failure_rate_pct');
  assert.match(rate?.description ?? '', /as a share of all decided attempts/);
  assert.doesNotMatch(JSON.stringify(cubes), /tenant_id|SELECT/);
});

test('a dry run names no roll-up', async () => {
  const { status, body } = await served.ask(acme, '/cubejs-api/v1/dry-run', {
    query: { measures: ['users.user_count'] },
  });
  assert.equal(status, 200);
  assert.equal(body.queryType, 'regularQuery');
  assert.doesNotMatch(JSON.stringify(body), /tenant_id|rollups_/);
});
