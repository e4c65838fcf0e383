// Cases of fact_user_state: the state of past days, told from the log. The as-of instant is the evening of 4 January in New York.
import { modelCases } from '../../../cases/case.ts';

const vars = { as_of: new Date('2026-01-05T00:00:00Z') };
const log = [{ started_at: '2026-01-02T15:00:00Z' }];
const synced = [{ id: 'f', user_id: 'u', _key: 'u|f', factor_type: 'sms', status: 'ACTIVE' }];
const persons = [{ user_key: 'k1', email: 'a@acme.example', department: 'Sales', okta_user_id: 'u1' }];
const account = (status = 'ACTIVE', more: object = {}) => ({
  okta_user_id: 'u1',
  user_key: 'k1',
  email: 'a@acme.example',
  login: 'a@acme.example',
  status,
  is_service_account: false,
  is_federated: false,
  created_at: '2025-01-01T00:00:00Z',
  ...more,
});
const change = (
  event_id: string,
  occurred_at: string,
  subject: string,
  turned_on: boolean,
  factor_type: string | null = null,
) => ({
  event_id,
  okta_user_id: 'u1',
  occurred_at,
  subject,
  factor_type,
  turned_on,
});
const factor = (factor_type: string, created_at: string, is_active = true) => ({
  okta_user_id: 'u1',
  factor_id: factor_type,
  factor_type,
  is_active,
  is_enrolling: true,
  is_phishing_resistant: factor_type === 'webauthn',
  strength: 1,
  created_at,
});
const base = { okta_log_start: log, okta__factors: synced, persons };

export const cases = modelCases({
  'rows from the later of creation and the first event of the log, up to the running day': {
    vars,
    given: { ...base, okta_users: [account('ACTIVE', { created_at: '2026-01-04T04:59:59Z' })] },
    expect: [
      { state_on: '2026-01-03', in_mfa_population: true },
      { state_on: '2026-01-04', in_mfa_population: true },
    ],
  },
  'before the first event an account was what that event changed': {
    vars,
    given: {
      ...base,
      okta_users: [account('SUSPENDED')],
      okta_account_events: [change('1', '2026-01-03T12:00:00Z', 'account', false)],
    },
    expect: [
      { state_on: '2026-01-02', in_mfa_population: true },
      { state_on: '2026-01-03', in_mfa_population: false },
      { state_on: '2026-01-04', in_mfa_population: false },
    ],
  },
  'the last event before the end of the day decides; one at the very end is of the next day': {
    vars,
    given: {
      ...base,
      okta_users: [account()],
      okta_account_events: [
        change('1', '2026-01-03T12:00:00Z', 'account', false),
        change('2', '2026-01-04T05:00:00Z', 'account', true),
      ],
    },
    expect: [
      { state_on: '2026-01-02', in_mfa_population: true },
      { state_on: '2026-01-03', in_mfa_population: false },
      { state_on: '2026-01-04', in_mfa_population: true },
    ],
  },
  'a factor that the log activates is on from there; one that it deactivates was on before': {
    vars,
    given: {
      ...base,
      okta_users: [account()],
      okta_factors: [factor('push', '2026-01-03T12:00:00Z')],
      okta_account_events: [
        change('1', '2026-01-03T12:00:00Z', 'factor', true, 'push'),
        change('2', '2026-01-03T12:00:00Z', 'factor', false, 'webauthn'),
      ],
    },
    expect: [
      { state_on: '2026-01-02', mfa_state: 'enrolled', is_phishing_resistant: true },
      { state_on: '2026-01-03', mfa_state: 'enrolled', is_phishing_resistant: false },
      { state_on: '2026-01-04', mfa_state: 'enrolled', is_phishing_resistant: false },
    ],
  },
  'a factor of which the log says nothing is on since it was enrolled': {
    vars,
    given: {
      ...base,
      okta_users: [account()],
      okta_factors: [factor('sms', '2026-01-03T12:00:00Z'), factor('push', '2025-01-01T00:00:00Z', false)],
    },
    expect: [
      { state_on: '2026-01-02', mfa_state: 'not_enrolled' },
      { state_on: '2026-01-03', mfa_state: 'enrolled' },
      { state_on: '2026-01-04', mfa_state: 'enrolled' },
    ],
  },
  'reset_all turns every factor off until it is activated again': {
    vars,
    given: {
      ...base,
      okta_users: [account()],
      okta_account_events: [
        change('1', '2026-01-02T16:00:00Z', 'factor', true, 'push'),
        change('2', '2026-01-03T12:00:00Z', 'factors', false),
        change('3', '2026-01-04T12:00:00Z', 'factor', true, 'push'),
      ],
    },
    expect: [
      { state_on: '2026-01-02', mfa_state: 'enrolled' },
      { state_on: '2026-01-03', mfa_state: 'not_enrolled' },
      { state_on: '2026-01-04', mfa_state: 'enrolled' },
    ],
  },
  'e-mail enrols nobody; federation and service accounts are as they are now': {
    vars: { as_of: new Date('2026-01-03T00:00:00Z') },
    given: {
      ...base,
      persons: [
        ...persons,
        { user_key: 'k2', email: 'b@acme.example', department: 'unknown', okta_user_id: 'u2' },
        { user_key: 'k3', email: 'c@acme.example', department: 'unknown', okta_user_id: 'u3' },
      ],
      okta_users: [
        account(),
        account('ACTIVE', { okta_user_id: 'u2', is_federated: true }),
        account('ACTIVE', { okta_user_id: 'u3', is_service_account: true }),
      ],
      okta_factors: [factor('email', '2025-01-01T00:00:00Z')],
    },
    expect: [
      { user_key: 'k1', state_on: '2026-01-02', mfa_state: 'not_enrolled', in_mfa_population: true },
      { user_key: 'k2', state_on: '2026-01-02', mfa_state: 'delegated', in_mfa_population: true },
      { user_key: 'k3', state_on: '2026-01-02', mfa_state: 'not_enrolled', in_mfa_population: false },
    ],
  },
});
