// What is measured of people day by day. Grouped coarser than a day these are person-days.
import { metricsOn } from '../define.ts';

export const userStateMetrics = metricsOn('fact_user_state', {
  mfa_population: {
    title: 'MFA population',
    about: 'People who could sign in to Okta at the end of the day; over several days, person-days.',
    count: true,
    where: { in_mfa_population: true },
  },
  mfa_enrolled: {
    title: 'Enrolled in MFA',
    about: 'People of the population who were enrolled at the end of the day; over several days, person-days.',
    count: true,
    where: { is_mfa_enrolled: true },
  },
  mfa_adoption_pct: {
    title: 'MFA adoption',
    about: 'People enrolled in MFA at the end of the day, as a share of all people who could sign in.',
    percent: ['mfa_enrolled', 'mfa_population'],
  },
  mfa_phishing_resistant: {
    title: 'Phishing-resistant',
    about:
      'People of the population who had a phishing-resistant factor at the end of the day; over several days, person-days.',
    count: true,
    where: { is_phishing_resistant: true },
  },
  mfa_phishing_resistant_pct: {
    title: 'Phishing-resistant MFA',
    about: 'People with a phishing-resistant factor at the end of the day, as a share of all people who could sign in.',
    percent: ['mfa_phishing_resistant', 'mfa_population'],
  },
});
