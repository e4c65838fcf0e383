// Cases of okta_account_events.
import { modelCases } from '../../../cases/case.ts';

const event = (uuid: string, event_type: string, more: object = {}) => ({
  uuid,
  event_type,
  outcome_result: 'SUCCESS',
  published: '2026-01-05T10:00:00Z',
  targets: [
    { id: 'f1', type: 'AuthenticatorEnrollment' },
    { id: 'u1', type: 'User', alternateId: 'ana@acme.example' },
  ],
  ...more,
});

export const cases = modelCases({
  'the account is the target of type User, wherever it stands': {
    given: { okta__log: [event('e1', 'user.lifecycle.suspend')] },
    expect: [{ event_id: 'e1', okta_user_id: 'u1', subject: 'account', factor_type: null, turned_on: false }],
  },
  'factors are named as in the factors list; reset_all is all of them': {
    given: {
      okta__log: [
        event('e1', 'user.mfa.factor.activate', { factor: 'OKTA_VERIFY_PUSH' }),
        event('e2', 'user.mfa.factor.suspend', { factor: 'FIDO_WEBAUTHN' }),
        event('e3', 'user.mfa.factor.reset_all'),
        event('e4', 'user.mfa.factor.unsuspend', { factor: 'SOMETHING_NEW' }),
      ],
    },
    expect: [
      { event_id: 'e1', subject: 'factor', factor_type: 'push', turned_on: true },
      { event_id: 'e2', subject: 'factor', factor_type: 'webauthn', turned_on: false },
      { event_id: 'e3', subject: 'factors', factor_type: null, turned_on: false },
      { event_id: 'e4', subject: 'factor', factor_type: 'something_new', turned_on: true },
    ],
  },
  'what failed, has no user, or is of another type changes nothing; a repeated uuid is one event': {
    given: {
      okta__log: [
        event('e1', 'user.lifecycle.activate', { outcome_result: 'FAILURE' }),
        event('e2', 'user.lifecycle.activate', { targets: [{ id: 'g', type: 'UserGroup' }] }),
        event('e3', 'user.session.start'),
        event('e4', 'user.lifecycle.activate', { targets: null }),
        event('e5', 'user.lifecycle.activate'),
        event('e5', 'user.lifecycle.activate'),
      ],
    },
    expect: [{ event_id: 'e5', turned_on: true }],
  },
});
