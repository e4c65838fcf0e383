// What is measured of people, as they are at the release.
import { metricsOn } from '../define.ts';

export const userMetrics = metricsOn('dim_user', {
  user_count: {
    title: 'People',
    about: 'All persons of the tenant, resolved over Okta, Entra and Jira by e-mail.',
    count: true,
  },
  mfa_population: {
    title: 'MFA population',
    about:
      'People who can sign in to Okta (active, password expired, in recovery or locked out); service accounts are left out.',
    count: true,
    where: { in_mfa_population: true },
  },
  mfa_enrolled: {
    title: 'Enrolled in MFA',
    about:
      'People of the population with at least one active possession or inherence factor; password, security question and e-mail do not count.',
    count: true,
    where: { is_mfa_enrolled: true },
  },
  mfa_adoption_pct: {
    title: 'MFA adoption',
    about: 'People enrolled in MFA, as a share of all people who can sign in.',
    percent: ['mfa_enrolled', 'mfa_population'],
  },
  mfa_unknown: {
    title: 'MFA unknown',
    about: 'People of the population whose factors could not be read.',
    count: true,
    where: { in_mfa_population: true, mfa_state: 'unknown' },
  },
  mfa_phishing_resistant: {
    title: 'Phishing-resistant',
    about: 'People of the population with an active WebAuthn, FastPass or smart card factor.',
    count: true,
    where: { is_phishing_resistant: true },
  },
  mfa_phishing_resistant_pct: {
    title: 'Phishing-resistant MFA',
    about: 'People with a phishing-resistant factor, as a share of all people who can sign in.',
    percent: ['mfa_phishing_resistant', 'mfa_population'],
  },
  admins_without_mfa: {
    title: 'Admins without MFA',
    classification: 'confidential',
    about: 'Members of an administrators\u2019 group who can sign in and are not enrolled.',
    count: true,
    where: { is_admin: true, in_mfa_population: true, is_mfa_enrolled: false },
  },
  mfa_excluded: {
    title: 'Outside the MFA population',
    about: 'People who are not in the population, for the reason in the dimension exclusion_reason.',
    count: true,
    where: { in_mfa_population: false },
  },
});
