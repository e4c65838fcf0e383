// The questions of the truth cover what they must: each core measure with its parts, over all history, the last 30 days, by month, by its dimensions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjects } from '@tessera/model';
import { questions } from './cases.ts';

const asOf = Date.parse('2026-03-31T00:00:00Z');
const all = questions(asOf).map(({ name, query }) => ({ name, ...query }));
type Asked = (typeof all)[number];

const isOfLast30Days = ({ timeDimensions: [time] = [] }: Asked) =>
  time?.dateRange?.[0] === '2026-03-01' && time.dateRange[1] === '2026-03-30';
const isOfAll = ({ timeDimensions: [time] = [], dimensions = [] }: Asked) =>
  dimensions.length === 0 &&
  time?.granularity === undefined &&
  (time?.dateRange === undefined || Date.parse(time.dateRange[1]) - Date.parse(time.dateRange[0]) > 160 * 86_400_000);
const isByMonth = ({ timeDimensions: [time] = [] }: Asked) => time?.granularity === 'month';

/** Each core measure with numerator and denominator; where it is a state, its trend is a measure of another view. */
const core: readonly { now: readonly string[]; trend: readonly string[]; by: readonly string[] }[] = [
  {
    now: ['users.mfa_adoption_pct', 'users.mfa_enrolled', 'users.mfa_population'],
    trend: ['user_states.mfa_adoption_pct', 'user_states.mfa_enrolled', 'user_states.mfa_population'],
    by: ['users.department', 'user_states.department'],
  },
  {
    now: ['auth_attempts.login_failure_rate_pct', 'auth_attempts.failed_attempts', 'auth_attempts.decided_attempts'],
    trend: ['auth_attempts.login_failure_rate_pct', 'auth_attempts.failed_attempts', 'auth_attempts.decided_attempts'],
    by: ['auth_attempts.country', 'auth_attempts.department', 'auth_attempts.source_system'],
  },
  {
    now: ['devices.endpoint_compliance_pct', 'devices.compliant', 'devices.evaluated'],
    trend: ['device_states.endpoint_compliance_pct', 'device_states.compliant', 'device_states.evaluated'],
    by: ['devices.platform', 'devices.department', 'devices.managed_by', 'device_states.department'],
  },
  {
    now: ['issues.mttr_hours', 'issues.resolved_issues'],
    trend: ['issues.mttr_hours', 'issues.resolved_issues'],
    by: ['issues.project_key', 'issues.priority', 'issues.issue_type'],
  },
  {
    now: ['backlog.burn_pct', 'backlog.open_start', 'backlog.open_end'],
    trend: ['backlog.burn_pct', 'backlog.open_start', 'backlog.open_end'],
    by: ['backlog.project_key'],
  },
];

for (const { now, trend, by } of core) {
  const asks = (measures: readonly string[]) =>
    all.filter((one) => measures.every((name) => one.measures.includes(name)));
  test(`${now[0]} is asked over all history, the last 30 days, by month and by its dimensions, with its parts`, () => {
    assert.ok(asks(now).some(isOfAll), 'over all history');
    assert.ok(asks(trend).some(isOfLast30Days), 'the last 30 days');
    assert.ok(asks(trend).some(isByMonth), 'by month');
    for (const dimension of by)
      assert.ok(
        [...asks(now), ...asks(trend)].some((one) => one.dimensions?.includes(dimension)),
        dimension,
      );
  });
}

test('every question has its order, and every public view is asked', () => {
  for (const { name, order } of all) assert.ok(order.length > 0, name);
  const asked = new Set(all.flatMap(({ measures }) => measures.map((measure) => measure.split('.')[0])));
  assert.equal(asked.size, subjects.length);
});
