// One row per authentication event of a source.
import { tableMeta } from '../../../table-meta.ts';

export const factAuthEvent = tableMeta({
  name: 'fact_auth_event',
  grain: 'One row per authentication event of a source.',
  about: 'Okta System Log events of the sign-in types and ECS authentication events, as they came.',
  key: ['event_id'],
  partitionBy: 'occurred_on',
  columns: {
    event_id: { type: 'VARCHAR', about: 'Okta uuid, or <index>/<_id> of Elasticsearch.' },
    occurred_at: { type: 'TIMESTAMPTZ', about: 'When it happened (published, @timestamp).' },
    occurred_on: { type: 'DATE', about: "The tenant's day of occurred_at." },
    event_type: { type: 'VARCHAR', about: 'Okta eventType, or the ECS event.action.' },
    outcome: {
      type: 'VARCHAR',
      about:
        'SUCCESS, FAILURE, ALLOW, DENY, CHALLENGE, SKIPPED, UNKNOWN, \u2026 as the source says; UNKNOWN where it says nothing.',
    },
    reason: { type: 'VARCHAR', about: 'outcome.reason.', nullable: true },
    user_key: { type: 'VARCHAR', about: 'Person, null where the actor is unknown.', nullable: true },
    actor_login: { type: 'VARCHAR', about: 'Lower-cased login that was typed.', nullable: true, pii: true },
    client_ip: { type: 'VARCHAR', about: 'Address of the client.', nullable: true, pii: true },
    country: { type: 'VARCHAR', about: "Country of the client, 'unknown' without one." },
    factor: { type: 'VARCHAR', about: 'Factor of the event, as the source names it.', nullable: true },
    factor_class: { type: 'VARCHAR', about: 'knowledge, possession or inherence.', nullable: true },
    attempt_id: {
      type: 'VARCHAR',
      about: 'The sign-in attempt that the event belongs to; null for types outside an attempt.',
      nullable: true,
    },
  },
});
