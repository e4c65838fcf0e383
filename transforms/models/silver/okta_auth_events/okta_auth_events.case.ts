// Cases of okta_auth_events.
import { modelCases } from '../../../cases/case.ts';

const event = (uuid: string, event_type: string, more: object = {}) => ({
  uuid,
  event_type,
  outcome_result: 'SUCCESS',
  published: '2026-01-05T10:00:00Z',
  actor_type: 'User',
  actor_login: 'Ana@Acme.example',
  ...more,
});

export const cases = modelCases({
  'sign-in types are taken, system events and token grants are not': {
    given: {
      okta__log: [
        event('e1', 'user.session.start'),
        event('e2', 'user.authentication.sso'),
        event('e3', 'app.oauth2.token.grant'),
        event('e4', 'system.email.delivery'),
        event('e5', 'user.session.end'),
        event('e6', 'policy.evaluate_sign_on', { outcome_result: 'SKIPPED' }),
      ],
    },
    expect: [
      { event_id: 'e1', is_attempt: true },
      { event_id: 'e2', is_attempt: false },
      { event_id: 'e5', is_attempt: false },
      { event_id: 'e6', is_attempt: false },
    ],
  },
  'a repeated uuid is one event': {
    given: {
      okta__log: [
        event('e1', 'user.session.start'),
        event('e1', 'user.session.start', { ingest_at: '2026-03-31T00:00:00Z' }),
      ],
    },
    expect: [{ event_id: 'e1' }],
  },
  'where the system acted, the login is that of the target of type User': {
    given: {
      okta__log: [
        event('e1', 'user.account.lock', {
          actor_type: 'SystemPrincipal',
          actor_login: 'system@okta.com',
          targets: [{ type: 'User', alternateId: 'BO@acme.example' }],
        }),
      ],
    },
    expect: [{ event_id: 'e1', actor_login: 'bo@acme.example' }],
  },
  'a failed sign-in has no session, so root session, session and transaction are tried in this order': {
    given: {
      okta__log: [
        event('e1', 'user.session.start', { root_session_id: 'r', external_session_id: 's', transaction_id: 't' }),
        event('e2', 'user.session.start', { external_session_id: 's', transaction_id: 't' }),
        event('e3', 'user.session.start', { transaction_id: 't' }),
        event('e4', 'user.session.start'),
      ],
    },
    expect: [
      { event_id: 'e1', chain: 'root:r' },
      { event_id: 'e2', chain: 'session:s' },
      { event_id: 'e3', chain: 'transaction:t' },
      { event_id: 'e4', chain: null },
    ],
  },
  'a password is knowledge, e-mail proves nothing, all other factors are possession': {
    given: {
      okta__log: ['PASSWORD_AS_FACTOR', 'SECURITY_QUESTION', 'EMAIL_FACTOR', 'FIDO_WEBAUTHN'].map((factor) =>
        event(factor, 'user.authentication.auth_via_mfa', { factor }),
      ),
    },
    expect: [
      { event_id: 'EMAIL_FACTOR', factor_class: null },
      { event_id: 'FIDO_WEBAUTHN', factor_class: 'possession' },
      { event_id: 'PASSWORD_AS_FACTOR', factor_class: 'knowledge' },
      { event_id: 'SECURITY_QUESTION', factor_class: 'knowledge' },
    ],
  },
  'an event without outcome, country or address says so': {
    given: {
      okta__log: [
        event('e1', 'user.session.start', { outcome_result: null }),
        event('e2', 'user.session.start', { client_ip: '203.0.113.9', client_country: 'Chile' }),
      ],
    },
    expect: [
      { event_id: 'e1', outcome: 'UNKNOWN', country: 'unknown', client_ip: null },
      { event_id: 'e2', outcome: 'SUCCESS', country: 'Chile', client_ip: '203.0.113.9' },
    ],
  },
});
