// Login failure rate: the share of decided sign-in attempts that were refused.
import { countOf, formatNumber } from '../format/number.ts';
import type { Metric } from './metric.ts';

const refused = { measure: 'failed_attempts', title: 'Refused attempts', unit: 'count' } as const;

export const loginFailure: Metric = {
  id: 'login-failure-rate',
  title: 'Login failure rate',
  question: 'How many sign-in attempts are refused?',
  unit: 'percent',
  better: 'down',
  kind: 'flow',
  view: 'auth_attempts',
  history: 'auth_attempts',
  time: 'started_on',
  value: 'login_failure_rate_pct',
  numerator: 'failed_attempts',
  denominator: 'decided_attempts',
  sentence: (n) =>
    `${formatNumber(n.failed_attempts, 'count')} of ${countOf(n.decided_attempts, 'attempt', 'attempts')} refused`,
  parts: ['Refused', 'Decided'],
  trend: { measure: 'login_failure_rate_pct', title: 'Login failure rate', unit: 'percent' },
  companions: [
    { measure: 'login_failure_rate_simple_pct', title: 'Simple rate', unit: 'percent' },
    { measure: 'abandoned_pct', title: 'Abandoned', unit: 'percent' },
    { measure: 'distinct_users', title: 'People', unit: 'count' },
    { measure: 'mfa_sign_in_pct', title: 'Sign-ins with MFA', unit: 'percent', isDetail: true },
    { measure: 'failure', title: 'Failed', unit: 'count', isDetail: true },
    { measure: 'denied', title: 'Denied by policy', unit: 'count', isDetail: true },
    { measure: 'locked', title: 'Locked out', unit: 'count', isDetail: true },
  ],
  excluded: [{ measure: 'abandoned', words: 'were abandoned' }],
  breakdowns: [
    { dimension: 'country', title: 'Country' },
    { dimension: 'department', title: 'Department' },
    { dimension: 'reason', title: 'Reason', instead: refused },
    { dimension: 'stage', title: 'Stage', instead: refused },
    { dimension: 'is_known_user', title: 'Known login', labels: { true: 'Known people', false: 'Unknown logins' } },
    { dimension: 'source_system', title: 'Source' },
  ],
  sources: ['okta', 'elasticsearch'],
};
