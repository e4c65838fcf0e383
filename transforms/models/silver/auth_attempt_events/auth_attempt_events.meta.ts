// One row per event of a sign-in attempt.
import { tableMeta } from '../../../table-meta.ts';

export const authAttemptEvents = tableMeta({
  name: 'auth_attempt_events',
  grain: 'One row per event of a sign-in attempt.',
  about: 'Which attempt each event belongs to.',
  key: ['event_id'],
  partitionBy: 'occurred_on',
  columns: {
    event_id: { type: 'VARCHAR', about: 'As in fact_auth_event.' },
    attempt_id: { type: 'VARCHAR', about: 'Stable hash of the login and what holds the attempt together.' },
    occurred_at: { type: 'TIMESTAMPTZ', about: 'When it happened.' },
    occurred_on: { type: 'DATE', about: "The tenant's day of occurred_at." },
    event_type: { type: 'VARCHAR', about: 'As in fact_auth_event.' },
    outcome: { type: 'VARCHAR', about: 'As in fact_auth_event.' },
    reason: { type: 'VARCHAR', about: 'As in fact_auth_event.', nullable: true },
    actor_login: { type: 'VARCHAR', about: 'As in fact_auth_event.', nullable: true },
    client_ip: { type: 'VARCHAR', about: 'As in fact_auth_event.', nullable: true },
    country: { type: 'VARCHAR', about: 'As in fact_auth_event.' },
    factor: { type: 'VARCHAR', about: 'As in fact_auth_event.', nullable: true },
    factor_class: { type: 'VARCHAR', about: 'As in fact_auth_event.', nullable: true },
    chain: {
      type: 'VARCHAR',
      about: 'What holds the attempt together; `ip` and the address where nothing but address and time does.',
    },
  },
});
