// One row per Okta account, as it is now.
import { tableMeta } from '../../../table-meta.ts';

export const oktaUsers = tableMeta({
  name: 'okta_users',
  grain: 'One row per Okta account, as it is now.',
  about: 'Newest version of each account; one that Okta deleted counts as deprovisioned.',
  key: ['okta_user_id'],
  columns: {
    okta_user_id: { type: 'VARCHAR', about: "Okta's id." },
    user_key: { type: 'VARCHAR', about: 'Person, by lower-cased e-mail or login.' },
    email: { type: 'VARCHAR', about: 'Lower-cased e-mail, else login.' },
    login: { type: 'VARCHAR', about: 'Lower-cased login.' },
    display_name: { type: 'VARCHAR', about: 'Name shown to people.', nullable: true },
    department: { type: 'VARCHAR', about: 'Department; null where blank.', nullable: true },
    status: { type: 'VARCHAR', about: "Okta's status of the account." },
    is_service_account: { type: 'BOOLEAN', about: 'profile.userType is service.' },
    is_federated: { type: 'BOOLEAN', about: 'An identity provider signs the account in.' },
    created_at: { type: 'TIMESTAMPTZ', about: 'When it was created.', nullable: true },
    activated_at: { type: 'TIMESTAMPTZ', about: 'When it was activated.', nullable: true },
    last_login_at: { type: 'TIMESTAMPTZ', about: 'Last successful sign-in as Okta has it.', nullable: true },
  },
});
