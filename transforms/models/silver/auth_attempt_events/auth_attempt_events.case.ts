// Cases of auth_attempt_events.
import { modelCases } from '../../../cases/case.ts';

const event = (event_id: string, minute: number, more: object = {}) => ({
  event_id,
  occurred_at: `2026-01-05T10:${String(minute).padStart(2, '0')}:00Z`,
  event_type: 'user.session.start',
  outcome: 'FAILURE',
  actor_login: 'ana@acme.example',
  client_ip: '203.0.113.9',
  country: 'Chile',
  is_attempt: true,
  ...more,
});

export const cases = modelCases({
  'events of one login and one session are one attempt; another login is another': {
    given: {
      okta_auth_events: [
        event('e1', 0, { chain: 'root:r' }),
        event('e2', 50, { chain: 'root:r' }),
        event('e3', 1, { chain: 'root:r', actor_login: 'bo@acme.example' }),
        event('e4', 1, { chain: 'session:r' }),
        event('e5', 1, { chain: 'root:r', is_attempt: false }),
      ],
    },
    expect: [
      { event_id: 'e1', attempt_id: 'e2520e01dddbb91c' },
      { event_id: 'e2', attempt_id: 'e2520e01dddbb91c' },
      { event_id: 'e3', attempt_id: '36f5b1ca175f741d' },
      { event_id: 'e4', attempt_id: '0c4c343d7c814d18' },
    ],
  },
  'without session and transaction, events of one address with gaps under ten minutes are one attempt': {
    given: {
      okta_auth_events: [
        event('e1', 0),
        event('e2', 9),
        event('e3', 18),
        event('e4', 28),
        event('e5', 5, { client_ip: '198.51.100.7' }),
      ],
    },
    expect: [
      { event_id: 'e1', attempt_id: '5ef1c23d5d1c1183' },
      { event_id: 'e2', attempt_id: '5ef1c23d5d1c1183' },
      { event_id: 'e3', attempt_id: '5ef1c23d5d1c1183' },
      { event_id: 'e4', attempt_id: 'e378eac1d860ac71' },
      { event_id: 'e5', attempt_id: 'd3cbec9549cf7166' },
    ],
  },
  'each document of Elasticsearch is an attempt of its own, a sign-out is none': {
    given: {
      elastic_auth_events: [event('l/1', 0), event('l/2', 0), event('l/3', 0, { is_attempt: false })],
    },
    expect: [
      { event_id: 'l/1', chain: 'document:l/1' },
      { event_id: 'l/2', chain: 'document:l/2' },
    ],
  },
  "days are the tenant's": {
    given: {
      okta_auth_events: [
        event('e1', 0, { chain: 'root:r', occurred_at: '2026-01-06T04:59:59.999Z' }),
        event('e2', 0, { chain: 'root:s', occurred_at: '2026-01-06T05:00:00Z' }),
      ],
    },
    expect: [
      { event_id: 'e1', occurred_on: '2026-01-05' },
      { event_id: 'e2', occurred_on: '2026-01-06' },
    ],
  },
});
