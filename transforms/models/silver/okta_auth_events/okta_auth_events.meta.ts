// One row per authentication event of Okta.
import { tableMeta } from '../../../table-meta.ts';

export const oktaAuthEvents = tableMeta({
  name: 'okta_auth_events',
  grain: 'One row per authentication event of Okta.',
  about: 'System Log events of the sign-in types.',
  key: ['event_id'],
  columns: {
    event_id: { type: 'VARCHAR', about: 'Okta uuid.' },
    occurred_at: { type: 'TIMESTAMPTZ', about: 'published.' },
    event_type: { type: 'VARCHAR', about: 'eventType.' },
    outcome: { type: 'VARCHAR', about: 'outcome.result, UNKNOWN without one.' },
    reason: { type: 'VARCHAR', about: 'outcome.reason.', nullable: true },
    actor_login: {
      type: 'VARCHAR',
      about: 'Lower-cased login of the actor, or of the target where the system acted.',
      nullable: true,
    },
    client_ip: { type: 'VARCHAR', about: 'client.ipAddress, else the first of request.ipChain.', nullable: true },
    country: { type: 'VARCHAR', about: "Country of the client, 'unknown' without one." },
    factor: { type: 'VARCHAR', about: 'debugContext.debugData.factor.', nullable: true },
    factor_class: {
      type: 'VARCHAR',
      about: 'knowledge, possession or inherence; null for e-mail, which proves nothing.',
      nullable: true,
    },
    chain: {
      type: 'VARCHAR',
      about: 'What holds the events of a sign-in together: root session, else session, else transaction.',
      nullable: true,
    },
    is_attempt: { type: 'BOOLEAN', about: 'Of the types that make a sign-in attempt.' },
  },
});
