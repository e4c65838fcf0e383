// One row per sign-in attempt.
import { tableMeta } from '../../../table-meta.ts';

export const factAuthAttempt = tableMeta({
  name: 'fact_auth_attempt',
  grain: 'One row per sign-in attempt.',
  about: 'Events of one person chained by root session, session, transaction, or address with gaps under 10 minutes.',
  key: ['attempt_id'],
  partitionBy: 'started_on',
  columns: {
    attempt_id: { type: 'VARCHAR', about: "Stable hash of the chain's key and first event." },
    started_at: { type: 'TIMESTAMPTZ', about: 'First event.' },
    ended_at: { type: 'TIMESTAMPTZ', about: 'Last event.' },
    started_on: { type: 'DATE', about: "The tenant's day of started_at." },
    outcome: {
      type: 'VARCHAR',
      about: 'success, failure, denied, locked, abandoned, or none where nothing of the attempt decides.',
    },
    reason: { type: 'VARCHAR', about: 'Reason of the last refusal.', nullable: true },
    stage: { type: 'VARCHAR', about: 'Where it was refused: first_factor, second_factor or policy.', nullable: true },
    user_key: { type: 'VARCHAR', about: 'Person, null where unknown.', nullable: true },
    actor_login: { type: 'VARCHAR', about: 'Lower-cased login that was typed.', nullable: true, pii: true },
    is_known_user: { type: 'BOOLEAN', about: 'The login belongs to a person of the tenant.' },
    department: { type: 'VARCHAR', about: "Department of that person, 'unknown' without one." },
    client_ip: { type: 'VARCHAR', about: 'Address of the client.', nullable: true, pii: true },
    country: { type: 'VARCHAR', about: "Country of the client, 'unknown' without one." },
    event_count: { type: 'INTEGER', about: 'Events in the attempt.' },
    factor_class_count: { type: 'INTEGER', about: 'Distinct factor classes verified.' },
    used_mfa: { type: 'BOOLEAN', about: 'At least two factor classes verified.' },
    session_start_success: { type: 'INTEGER', about: 'user.session.start SUCCESS events in it (for the simple rate).' },
    session_start_failure: { type: 'INTEGER', about: 'user.session.start FAILURE events in it (for the simple rate).' },
  },
});
