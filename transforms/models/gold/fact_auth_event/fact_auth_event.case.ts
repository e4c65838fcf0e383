// Cases of fact_auth_event.
import { modelCases } from '../../../cases/case.ts';

const event = (event_id: string, more: object = {}) => ({
  event_id,
  occurred_at: '2026-01-06T04:30:00Z',
  event_type: 'user.session.start',
  outcome: 'SUCCESS',
  actor_login: 'ana@acme.example',
  country: 'unknown',
  is_attempt: true,
  ...more,
});

export const cases = modelCases({
  'events of both sources with their person and attempt; one outside an attempt has none': {
    given: {
      okta_auth_events: [
        event('e1'),
        event('e2', { event_type: 'user.session.end', is_attempt: false, actor_login: 'nobody' }),
      ],
      elastic_auth_events: [event('l/1', { source_system: 'elasticsearch' })],
      auth_attempt_events: [
        { ...event('e1'), is_attempt: undefined, attempt_id: 'a', occurred_on: '2026-01-05', chain: 'c' },
        { ...event('l/1'), is_attempt: undefined, attempt_id: 'b', occurred_on: '2026-01-05', chain: 'd' },
      ].map(({ is_attempt: _, ...row }) => row),
      person_logins: [{ login: 'ana@acme.example', user_key: 'k1', department: 'Sales' }],
    },
    expect: [
      { event_id: 'e1', user_key: 'k1', attempt_id: 'a', occurred_on: '2026-01-05' },
      { event_id: 'e2', user_key: null, attempt_id: null, occurred_on: '2026-01-05' },
      { event_id: 'l/1', user_key: 'k1', attempt_id: 'b', occurred_on: '2026-01-05' },
    ],
  },
});
