// MFA adoption: how many of the people who can sign in have a real second factor.
import { countOf, formatNumber } from '../format/number.ts';
import type { Metric } from './metric.ts';

/** Okta's factor types in the words of those who use them. */
const factorNames: Readonly<Record<string, string>> = {
  webauthn: 'Passkey or security key',
  u2f: 'Security key (U2F)',
  signed_nonce: 'Okta FastPass',
  push: 'Okta Verify push',
  'token:software:totp': 'Authenticator app',
  'token:hotp': 'One-time code token',
  'token:hardware': 'Hardware token',
  token: 'Token',
  web: 'Duo',
  sms: 'SMS',
  call: 'Phone call',
  email: 'E-mail',
  question: 'Security question',
};

export const mfaAdoption: Metric = {
  id: 'mfa-adoption',
  title: 'MFA adoption',
  question: 'How many people have a second factor?',
  unit: 'percent',
  better: 'up',
  kind: 'state',
  view: 'users',
  history: 'user_states',
  time: 'state_on',
  value: 'mfa_adoption_pct',
  numerator: 'mfa_enrolled',
  denominator: 'mfa_population',
  sentence: (n) =>
    `${formatNumber(n.mfa_enrolled, 'count')} of ${countOf(n.mfa_population, 'person', 'people')} who can sign in`,
  parts: ['Enrolled', 'Population'],
  trend: { measure: 'mfa_adoption_pct', title: 'MFA adoption', unit: 'percent' },
  companions: [
    { measure: 'mfa_phishing_resistant_pct', title: 'Phishing-resistant', unit: 'percent' },
    { measure: 'admins_without_mfa', title: 'Admins without', unit: 'count', isNowOnly: true },
    { measure: 'mfa_unknown', title: 'Unknown', unit: 'count', isNowOnly: true },
  ],
  excluded: [
    {
      measure: 'mfa_excluded',
      words: 'cannot sign in or are service accounts',
      by: 'exclusion_reason',
      isNowOnly: true,
    },
  ],
  breakdowns: [
    { dimension: 'department', title: 'Department' },
    {
      dimension: 'is_admin',
      title: 'Role',
      isNowOnly: true,
      labels: { true: 'Administrators', false: 'Everyone else' },
    },
    { dimension: 'okta_status', title: 'Account status', isNowOnly: true },
    {
      dimension: 'strongest_factor',
      title: 'Strongest factor',
      isNowOnly: true,
      labels: factorNames,
      instead: { measure: 'mfa_population', title: 'People', unit: 'count' },
    },
  ],
  sources: ['okta'],
};
