// What is measured of sign-in attempts. Abandoned attempts are in neither side of the failure rate and have a rate of their own.
import { metricsOn } from '../define.ts';

export const authAttemptMetrics = metricsOn('fact_auth_attempt', {
  attempt_count: { title: 'Sign-in attempts', about: 'All attempts, whatever their outcome.', count: true },
  success: {
    title: 'Successful',
    about: 'Attempts that ended in a sign-in.',
    count: true,
    where: { outcome: 'success' },
  },
  failure: {
    title: 'Failed',
    about: 'Attempts with a failure that was not made good within ten minutes.',
    count: true,
    where: { outcome: 'failure' },
  },
  denied: {
    title: 'Denied',
    about: 'Attempts that the sign-on policy denied.',
    count: true,
    where: { outcome: 'denied' },
  },
  locked: {
    title: 'Locked',
    about: 'Attempts that ended in a locked account.',
    count: true,
    where: { outcome: 'locked' },
  },
  abandoned: {
    title: 'Abandoned',
    about: 'Attempts that were asked for a second factor and never answered.',
    count: true,
    where: { outcome: 'abandoned' },
  },
  failed_attempts: {
    title: 'Refused attempts',
    about: 'Attempts that failed, were denied or ended in a locked account.',
    count: true,
    where: { outcome: ['failure', 'denied', 'locked'] },
  },
  decided_attempts: {
    title: 'Decided attempts',
    about: 'Attempts with an outcome: successful, failed, denied or locked.',
    count: true,
    where: { outcome: ['success', 'failure', 'denied', 'locked'] },
  },
  login_failure_rate_pct: {
    title: 'Login failure rate',
    about:
      'Attempts that failed, were denied or locked, as a share of all decided attempts; abandoned ones are on neither side.',
    percent: ['failed_attempts', 'decided_attempts'],
  },
  abandoned_or_decided: {
    title: 'Abandoned or decided',
    about: 'Abandoned and decided attempts together.',
    hidden: true,
    count: true,
    where: { outcome: ['success', 'failure', 'denied', 'locked', 'abandoned'] },
  },
  abandoned_pct: {
    title: 'Abandoned share',
    about: 'Abandoned attempts, as a share of abandoned and decided attempts together.',
    percent: ['abandoned', 'abandoned_or_decided'],
  },
  simple_failures: {
    title: 'Failed session starts',
    about: 'Okta events user.session.start with result FAILURE, as most SIEM tools count them.',
    sum: 'session_start_failure',
  },
  simple_successes: {
    title: 'Successful session starts',
    about: 'Okta events user.session.start with result SUCCESS.',
    hidden: true,
    sum: 'session_start_success',
  },
  simple_sign_ins: {
    title: 'Session starts',
    about: 'Okta events user.session.start with result SUCCESS or FAILURE.',
    plus: ['simple_successes', 'simple_failures'],
    minus: [],
  },
  login_failure_rate_simple_pct: {
    title: 'Simple login failure rate',
    about: 'Failed session starts, as a share of all session starts; for comparison with SIEM tools.',
    percent: ['simple_failures', 'simple_sign_ins'],
  },
  distinct_users: { title: 'Distinct people', about: 'Known persons with at least one attempt.', distinct: 'user_key' },
  mfa_sign_ins: {
    title: 'Sign-ins with MFA',
    about: 'Successful attempts in which at least two factor classes were verified.',
    count: true,
    where: { outcome: 'success', used_mfa: true },
  },
  mfa_sign_in_pct: {
    title: 'MFA share of sign-ins',
    about: 'Successful attempts with at least two factor classes, as a share of all successful attempts.',
    percent: ['mfa_sign_ins', 'success'],
  },
});
