// Cases of fact_auth_attempt: each edge of the definition of the login failure rate.
import { modelCases } from '../../../cases/case.ts';

let serial = 0;
const event = (attempt_id: string, second: number, event_type: string, outcome: string, more: object = {}) => ({
  event_id: `e${String(++serial).padStart(4, '0')}`,
  attempt_id,
  occurred_at: new Date(Date.UTC(2026, 0, 5, 15, 0, second)).toISOString(),
  occurred_on: '2026-01-05',
  event_type,
  outcome,
  actor_login: 'ana@acme.example',
  client_ip: '203.0.113.9',
  country: 'Chile',
  chain: attempt_id,
  ...more,
});
const start = 'user.session.start';
const verify = 'user.authentication.verify';
const mfa = 'user.authentication.auth_via_mfa';
const policy = 'policy.evaluate_sign_on';
const lock = 'user.account.lock';
const password = { factor: 'PASSWORD_AS_FACTOR', factor_class: 'knowledge' };
const push = { factor: 'OKTA_VERIFY_PUSH', factor_class: 'possession' };

export const cases = modelCases({
  'Classic: a session started without a challenge is a success with one factor': {
    given: { auth_attempt_events: [event('a', 0, policy, 'ALLOW'), event('a', 1, start, 'SUCCESS')] },
    expect: [
      {
        attempt_id: 'a',
        outcome: 'success',
        factor_class_count: 1,
        used_mfa: false,
        session_start_success: 1,
        event_count: 2,
        reason: null,
        stage: null,
      },
    ],
  },
  'Classic: password, challenge, second factor, verify: a success with two classes': {
    given: {
      auth_attempt_events: [
        event('a', 0, start, 'SUCCESS'),
        event('a', 1, policy, 'CHALLENGE'),
        event('a', 9, mfa, 'SUCCESS', push),
        event('a', 10, verify, 'SUCCESS'),
      ],
    },
    expect: [{ outcome: 'success', factor_class_count: 2, used_mfa: true }],
  },
  'Identity Engine: auth_via_mfa with a password is no MFA': {
    given: {
      auth_attempt_events: [
        event('a', 0, mfa, 'SUCCESS', password),
        event('a', 1, start, 'SUCCESS'),
        event('a', 2, verify, 'SUCCESS'),
      ],
    },
    expect: [{ outcome: 'success', factor_class_count: 1, used_mfa: false }],
  },
  'Identity Engine: a password and a push are MFA; a push and another possession factor are not': {
    given: {
      auth_attempt_events: [
        event('a', 0, mfa, 'SUCCESS', password),
        event('a', 1, mfa, 'SUCCESS', push),
        event('a', 2, start, 'SUCCESS'),
        event('a', 3, verify, 'SUCCESS'),
        event('b', 0, mfa, 'SUCCESS', push),
        event('b', 1, mfa, 'SUCCESS', { factor: 'FIDO_WEBAUTHN', factor_class: 'possession' }),
        event('b', 2, mfa, 'SUCCESS', { factor: 'EMAIL_FACTOR', factor_class: null }),
        event('b', 3, start, 'SUCCESS'),
        event('b', 4, verify, 'SUCCESS'),
      ],
    },
    expect: [
      { attempt_id: 'a', factor_class_count: 2, used_mfa: true },
      { attempt_id: 'b', factor_class_count: 1, used_mfa: false },
    ],
  },
  'a wrong password is a failure of the first factor': {
    given: { auth_attempt_events: [event('a', 0, start, 'FAILURE', { reason: 'INVALID_CREDENTIALS' })] },
    expect: [
      {
        outcome: 'failure',
        reason: 'INVALID_CREDENTIALS',
        stage: 'first_factor',
        session_start_failure: 1,
        session_start_success: 0,
      },
    ],
  },
  'a session that started and then failed its second factor is a failure, though session.start says SUCCESS': {
    given: {
      auth_attempt_events: [
        event('a', 0, start, 'SUCCESS'),
        event('a', 1, policy, 'CHALLENGE'),
        event('a', 5, mfa, 'FAILURE', { ...push, reason: 'INVALID_CREDENTIALS' }),
        event('b', 0, mfa, 'FAILURE', { ...password, reason: 'INVALID_CREDENTIALS', actor_login: 'bo@acme.example' }),
      ],
    },
    expect: [
      {
        attempt_id: 'a',
        outcome: 'failure',
        stage: 'second_factor',
        reason: 'INVALID_CREDENTIALS',
        session_start_success: 1,
      },
      {
        attempt_id: 'b',
        outcome: 'failure',
        stage: 'first_factor',
        reason: 'INVALID_CREDENTIALS',
        session_start_success: 0,
      },
    ],
  },
  'a challenge without an end is abandoned': {
    given: { auth_attempt_events: [event('a', 0, start, 'SUCCESS'), event('a', 1, policy, 'CHALLENGE')] },
    expect: [{ outcome: 'abandoned', reason: null, stage: null }],
  },
  'the last answer of the policy decides whether it is denied; a success comes before it': {
    given: {
      auth_attempt_events: [
        event('a', 0, policy, 'ALLOW'),
        event('a', 1, policy, 'DENY', { reason: 'Network zone' }),
        event('a', 2, start, 'FAILURE', { reason: 'x' }),
        event('b', 0, policy, 'DENY'),
        event('b', 1, policy, 'ALLOW'),
        event('b', 2, start, 'SUCCESS'),
        event('c', 3, policy, 'DENY'),
        event('c', 4, verify, 'SUCCESS'),
      ],
    },
    expect: [
      { attempt_id: 'a', outcome: 'denied', reason: 'Network zone', stage: 'policy' },
      { attempt_id: 'b', outcome: 'success', reason: null, stage: null },
      { attempt_id: 'c', outcome: 'success', reason: null, stage: null },
    ],
  },
  'a denial without a reason has none, whatever an earlier answer said': {
    given: {
      auth_attempt_events: [event('a', 0, policy, 'ALLOW', { reason: 'early' }), event('a', 1, policy, 'DENY')],
    },
    expect: [{ outcome: 'denied', reason: null }],
  },
  'a lock after a challenge is locked; with a failure it is a failure': {
    given: {
      auth_attempt_events: [
        event('a', 0, policy, 'CHALLENGE'),
        event('a', 1, lock, 'SUCCESS'),
        event('b', 0, start, 'FAILURE', { reason: 'INVALID_CREDENTIALS' }),
        event('b', 1, lock, 'SUCCESS', { reason: 'LOCKED' }),
      ],
    },
    expect: [
      { attempt_id: 'a', outcome: 'locked', reason: 'LOCKED_OUT', stage: 'first_factor' },
      { attempt_id: 'b', outcome: 'failure', reason: 'INVALID_CREDENTIALS', stage: 'first_factor' },
    ],
  },
  'a mistyped password that is put right within ten minutes is one attempt of outcome none and one success; a second later it is a failure':
    {
      given: {
        auth_attempt_events: [
          event('a', 0, start, 'FAILURE'),
          event('b', 600, start, 'SUCCESS'),
          event('c', 0, start, 'FAILURE', { actor_login: 'bo@acme.example' }),
          event('d', 601, start, 'SUCCESS', { actor_login: 'bo@acme.example' }),
          event('e', 0, start, 'FAILURE', { actor_login: 'cy@acme.example' }),
          event('f', 0, start, 'SUCCESS', { actor_login: 'cy@acme.example' }),
        ],
      },
      expect: [
        { attempt_id: 'a', outcome: 'none', stage: null },
        { attempt_id: 'b', outcome: 'success', stage: null },
        { attempt_id: 'c', outcome: 'failure', stage: 'first_factor' },
        { attempt_id: 'd', outcome: 'success', stage: null },
        { attempt_id: 'e', outcome: 'failure', stage: 'first_factor' },
        { attempt_id: 'f', outcome: 'success', stage: null },
      ],
    },
  'a session that starts and is then challenged puts nothing right': {
    given: {
      auth_attempt_events: [
        event('a', 0, start, 'FAILURE'),
        event('b', 5, start, 'SUCCESS'),
        event('b', 6, policy, 'CHALLENGE'),
      ],
    },
    expect: [
      { attempt_id: 'a', outcome: 'failure' },
      { attempt_id: 'b', outcome: 'abandoned' },
    ],
  },
  'a login that nobody has is not a known user': {
    given: {
      person_logins: [{ login: 'ana@acme.example', user_key: 'k1', department: 'Sales' }],
      auth_attempt_events: [
        event('a', 0, start, 'FAILURE'),
        event('b', 0, start, 'FAILURE', { actor_login: 'root' }),
        event('c', 0, start, 'FAILURE', { actor_login: null }),
      ],
    },
    expect: [
      { attempt_id: 'a', is_known_user: true, user_key: 'k1', department: 'Sales' },
      { attempt_id: 'b', is_known_user: false, user_key: null, department: 'unknown' },
      { attempt_id: 'c', is_known_user: false, user_key: null, department: 'unknown' },
    ],
  },
  "an attempt belongs to the tenant's day of its first event, which gives its address and country": {
    given: {
      auth_attempt_events: [
        event('a', 0, start, 'FAILURE', { occurred_at: '2026-01-06T05:00:10Z', client_ip: 'second', country: 'Peru' }),
        event('a', 0, start, 'FAILURE', { occurred_at: '2026-01-06T04:59:59Z', client_ip: null, country: 'unknown' }),
      ],
    },
    expect: [
      {
        started_on: '2026-01-05',
        client_ip: null,
        country: 'unknown',
        started_at: '2026-01-06T04:59:59Z',
        ended_at: '2026-01-06T05:00:10Z',
      },
    ],
  },
  'a document of Elasticsearch is judged by its outcome alone': {
    given: {
      auth_attempt_events: ['SUCCESS', 'FAILURE', 'UNKNOWN'].map((outcome) =>
        event(outcome, 0, 'ssh_login', outcome, { source_system: 'elasticsearch' }),
      ),
    },
    expect: [
      { attempt_id: 'FAILURE', outcome: 'failure', stage: 'first_factor', reason: null, used_mfa: false },
      { attempt_id: 'SUCCESS', outcome: 'success', stage: null, reason: null, used_mfa: false },
      { attempt_id: 'UNKNOWN', outcome: 'none', stage: null, reason: null, used_mfa: false },
    ],
  },
});
