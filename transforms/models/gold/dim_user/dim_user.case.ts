// Cases of dim_user: each edge of the definition of MFA adoption.
import { modelCases } from '../../../cases/case.ts';

const person = (n: number, more: object = {}) => ({
  user_key: `k${n}`,
  email: `p${n}@acme.example`,
  department: 'Sales',
  okta_user_id: `u${n}`,
  ...more,
});
const account = (n: number, status = 'ACTIVE', more: object = {}) => ({
  okta_user_id: `u${n}`,
  user_key: `k${n}`,
  email: `p${n}@acme.example`,
  login: `p${n}@acme.example`,
  status,
  is_service_account: false,
  is_federated: false,
  ...more,
});
const kinds: Readonly<Record<string, object>> = {
  email: { is_enrolling: false, is_phishing_resistant: false, strength: 13 },
  sms: { is_enrolling: true, is_phishing_resistant: false, strength: 11 },
  push: { is_enrolling: true, is_phishing_resistant: false, strength: 5 },
  webauthn: { is_enrolling: true, is_phishing_resistant: true, strength: 1 },
};
const factor = (n: number, factor_type: string, is_active = true) => ({
  okta_user_id: `u${n}`,
  factor_id: `f${n}-${factor_type}`,
  factor_type,
  is_active,
  ...kinds[factor_type],
});
const synced = [{ id: 'f', user_id: 'u', _key: 'u|f', factor_type: 'sms', status: 'ACTIVE' }];

export const cases = modelCases({
  'e-mail and password are not adopted, SMS is but resists no phishing, pending push is not, suspended webauthn is not':
    {
      given: {
        okta__factors: synced,
        persons: [person(1), person(2), person(3), person(4), person(5)],
        okta_users: [account(1), account(2), account(3), account(4), account(5)],
        okta_factors: [
          factor(1, 'email'),
          factor(2, 'sms'),
          factor(3, 'push', false),
          factor(4, 'webauthn', false),
          factor(5, 'webauthn'),
          factor(5, 'sms'),
        ],
      },
      expect: [
        {
          user_key: 'k1',
          mfa_state: 'not_enrolled',
          is_mfa_enrolled: false,
          is_phishing_resistant: false,
          strongest_factor: 'email',
        },
        {
          user_key: 'k2',
          mfa_state: 'enrolled',
          is_mfa_enrolled: true,
          is_phishing_resistant: false,
          strongest_factor: 'sms',
        },
        {
          user_key: 'k3',
          mfa_state: 'not_enrolled',
          is_mfa_enrolled: false,
          is_phishing_resistant: false,
          strongest_factor: 'none',
        },
        {
          user_key: 'k4',
          mfa_state: 'not_enrolled',
          is_mfa_enrolled: false,
          is_phishing_resistant: false,
          strongest_factor: 'none',
        },
        {
          user_key: 'k5',
          mfa_state: 'enrolled',
          is_mfa_enrolled: true,
          is_phishing_resistant: true,
          strongest_factor: 'webauthn',
        },
      ],
    },
  'the population is who can sign in; the others have the reason, enrolled or not': {
    given: {
      okta__factors: synced,
      persons: [...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => person(n)), person(10, { okta_user_id: null })],
      okta_users: [
        account(1, 'ACTIVE'),
        account(2, 'PASSWORD_EXPIRED'),
        account(3, 'RECOVERY'),
        account(4, 'LOCKED_OUT'),
        account(5, 'STAGED'),
        account(6, 'PROVISIONED'),
        account(7, 'SUSPENDED'),
        account(8, 'DEPROVISIONED'),
        account(9, 'ACTIVE', { is_service_account: true }),
      ],
      okta_factors: [factor(7, 'webauthn'), factor(9, 'push')],
    },
    expect: [
      {
        user_key: 'k1',
        in_mfa_population: true,
        exclusion_reason: null,
        mfa_state: 'not_enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k10',
        in_mfa_population: false,
        exclusion_reason: 'no_okta_account',
        mfa_state: 'not_enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k2',
        in_mfa_population: true,
        exclusion_reason: null,
        mfa_state: 'not_enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k3',
        in_mfa_population: true,
        exclusion_reason: null,
        mfa_state: 'not_enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k4',
        in_mfa_population: true,
        exclusion_reason: null,
        mfa_state: 'not_enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k5',
        in_mfa_population: false,
        exclusion_reason: 'staged',
        mfa_state: 'not_enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k6',
        in_mfa_population: false,
        exclusion_reason: 'provisioned',
        mfa_state: 'not_enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k7',
        in_mfa_population: false,
        exclusion_reason: 'suspended',
        mfa_state: 'enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k8',
        in_mfa_population: false,
        exclusion_reason: 'deprovisioned',
        mfa_state: 'not_enrolled',
        is_mfa_enrolled: false,
      },
      {
        user_key: 'k9',
        in_mfa_population: false,
        exclusion_reason: 'service_account',
        mfa_state: 'enrolled',
        is_mfa_enrolled: false,
      },
    ],
  },
  'where an identity provider does MFA it is delegated, in the population and not in the numerator': {
    given: {
      okta__factors: synced,
      persons: [person(1)],
      okta_users: [account(1, 'ACTIVE', { is_federated: true })],
      okta_factors: [factor(1, 'push')],
    },
    expect: [{ mfa_state: 'delegated', in_mfa_population: true, is_mfa_enrolled: false }],
  },
  'factors that were never fetched are unknown, not missing': {
    given: { persons: [person(1)], okta_users: [account(1)] },
    expect: [{ mfa_state: 'unknown', in_mfa_population: true, is_mfa_enrolled: false }],
  },
  'an administrator is who is in a group of them': {
    given: {
      okta__factors: synced,
      persons: [person(1), person(2)],
      okta_users: [account(1), account(2)],
      okta_admins: [{ okta_user_id: 'u2' }],
    },
    expect: [
      { user_key: 'k1', is_admin: false },
      { user_key: 'k2', is_admin: true },
    ],
  },
});
