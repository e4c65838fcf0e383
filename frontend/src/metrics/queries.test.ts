// What the page asks of Cube: bounded, explicit, and only members that the semantic layer has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Query } from '@cubejs-client/core';
import { subjects } from '@tessera/model';
import { defaultChoice, rangeOf } from '../range/range.ts';
import { backlogBurn } from './backlog-burn.ts';
import { metrics } from './metrics.ts';
import { mfaAdoption } from './mfa-adoption.ts';
import {
  baselineQuery,
  breakdownQuery,
  breakdownsIn,
  cohortQuery,
  excludedQuery,
  type Scope,
  totalsQuery,
  trendQuery,
} from './queries.ts';
import { timeToResolve } from './time-to-resolve.ts';

const asOf = '2026-11-21T00:00:00.000Z';
const now: Scope = { range: rangeOf(defaultChoice, asOf), isLatest: true, narrowings: [] };
const past: Scope = { range: { from: '2026-09-01', to: '2026-09-30' }, isLatest: false, narrowings: [] };

function everyQuery(scope: Scope): readonly Query[] {
  return metrics.flatMap((metric) => [
    totalsQuery(metric, scope),
    baselineQuery(metric, scope),
    trendQuery(metric, scope, 'day'),
    ...breakdownsIn(metric, scope).map((breakdown) => breakdownQuery(metric, breakdown, scope)),
    ...metric.excluded.flatMap(({ measure, by, isNowOnly }) =>
      by && (scope.isLatest || !isNowOnly) ? [excludedQuery(metric, measure, by, scope)] : [],
    ),
    ...[cohortQuery(metric, scope)].filter((query) => query !== undefined),
  ]);
}

test('every query has a limit and stays in UTC', () => {
  for (const query of [...everyQuery(now), ...everyQuery(past)]) {
    assert.ok((query.limit ?? 0) > 0 && (query.limit ?? 0) <= 400);
    assert.equal(query.timezone, 'UTC');
  }
});

test('every query over a fact has explicit days', () => {
  for (const query of [...everyQuery(now), ...everyQuery(past)]) {
    const view = query.measures?.[0]?.split('.')[0];
    if (view === 'users' || view === 'devices') continue;
    const [time] = query.timeDimensions ?? [];
    const days = time && ('compareDateRange' in time ? time.compareDateRange?.flat() : time.dateRange);
    assert.ok(Array.isArray(days) && days.every((day) => /^\d{4}-\d\d-\d\d$/.test(String(day))), JSON.stringify(query));
  }
});

test('every member that the page asks for is a member of the semantic layer', () => {
  const known = new Set(
    subjects.flatMap(({ view, metrics: measures, dimensions }) =>
      [...Object.keys(measures), ...dimensions].map((name) => `${view}.${name}`),
    ),
  );
  const asked = [...everyQuery(now), ...everyQuery(past)].flatMap((query) => [
    ...(query.measures ?? []),
    ...(query.dimensions ?? []),
    ...(query.timeDimensions ?? []).map(({ dimension }) => dimension),
  ]);
  assert.deepEqual(
    [...new Set(asked)].filter((member) => !known.has(member)),
    [],
  );
});

test('a state up to now is asked of the view without a range, a state in the past of its last day', () => {
  assert.deepEqual(totalsQuery(mfaAdoption, now).timeDimensions, []);
  const query = totalsQuery(mfaAdoption, past);
  assert.deepEqual(query.timeDimensions, [
    { dimension: 'user_states.state_on', dateRange: ['2026-09-30', '2026-09-30'] },
  ]);
  assert.ok(query.measures?.includes('user_states.mfa_adoption_pct'));
  assert.ok(!query.measures?.some((measure) => measure.endsWith('admins_without_mfa')));
});

test('a state is compared with the day before the range, a flow with the period before', () => {
  assert.deepEqual(baselineQuery(mfaAdoption, now).timeDimensions, [
    { dimension: 'user_states.state_on', dateRange: ['2026-10-21', '2026-10-21'] },
  ]);
  assert.deepEqual(totalsQuery(backlogBurn, now).timeDimensions, [
    {
      dimension: 'backlog.backlog_on',
      compareDateRange: [
        ['2026-10-22', '2026-11-20'],
        ['2026-09-22', '2026-10-21'],
      ],
    },
  ]);
});

test('the median with open issues is over the issues created in the range', () => {
  assert.equal(cohortQuery(timeToResolve, now)?.timeDimensions?.[0]?.dimension, 'issues.created_on');
});

test('a narrowing is a filter in every query, "not set" included', () => {
  const scope: Scope = { ...now, narrowings: [{ dimension: 'department', values: ['Sales', null] }] };
  const filter = (member: string) => [
    {
      or: [
        { member, operator: 'equals', values: ['Sales'] },
        { member, operator: 'notSet' },
      ],
    },
  ];
  assert.deepEqual(totalsQuery(mfaAdoption, scope).filters, filter('users.department'));
  assert.deepEqual(trendQuery(mfaAdoption, scope, 'day').filters, filter('user_states.department'));
});
