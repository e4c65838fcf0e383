// One row per change of an account or of its factors in the Okta log.
import { tableMeta } from '../../../table-meta.ts';

export const oktaAccountEvents = tableMeta({
  name: 'okta_account_events',
  grain: 'One row per change of an account or of its factors in the Okta log.',
  about: 'Successful user.lifecycle and user.mfa.factor events, from which the state of any past day is told.',
  key: ['event_id'],
  columns: {
    event_id: { type: 'VARCHAR', about: 'Okta uuid.' },
    okta_user_id: { type: 'VARCHAR', about: 'Account that was changed: the target of type User.' },
    occurred_at: { type: 'TIMESTAMPTZ', about: 'When it happened.' },
    subject: { type: 'VARCHAR', about: 'account, factor, or factors for all of them at once.' },
    factor_type: { type: 'VARCHAR', about: 'Type of the factor, as the factors list names it.', nullable: true },
    turned_on: { type: 'BOOLEAN', about: 'The account can sign in from here, or the factor is active from here.' },
  },
});
