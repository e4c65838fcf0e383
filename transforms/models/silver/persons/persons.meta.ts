// One row per person.
import { tableMeta } from '../../../table-meta.ts';

export const persons = tableMeta({
  name: 'persons',
  grain: 'One row per person.',
  about: 'Accounts of Okta, Entra and Jira joined by lower-cased e-mail.',
  key: ['user_key'],
  columns: {
    user_key: { type: 'VARCHAR', about: 'Stable hash of the e-mail within the tenant.' },
    email: { type: 'VARCHAR', about: 'Lower-cased e-mail.' },
    display_name: { type: 'VARCHAR', about: "Okta's name, else Entra's, else Jira's.", nullable: true },
    department: { type: 'VARCHAR', about: "Okta's, else Entra's, else 'unknown'." },
    okta_user_id: {
      type: 'VARCHAR',
      about: 'Okta account; of several the one that can sign in, then the newest.',
      nullable: true,
    },
    entra_user_id: { type: 'VARCHAR', about: 'Entra account.', nullable: true },
    jira_account_id: { type: 'VARCHAR', about: 'Jira account.', nullable: true },
  },
});
