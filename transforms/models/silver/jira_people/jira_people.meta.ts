// One row per Jira account whose e-mail is visible.
import { tableMeta } from '../../../table-meta.ts';

export const jiraPeople = tableMeta({
  name: 'jira_people',
  grain: 'One row per Jira account whose e-mail is visible.',
  about: 'Whose account it is.',
  key: ['account_id'],
  columns: {
    account_id: { type: 'VARCHAR', about: 'accountId.' },
    user_key: { type: 'VARCHAR', about: 'Person, where the e-mail is visible.' },
    email: { type: 'VARCHAR', about: 'Lower-cased e-mail.' },
    display_name: { type: 'VARCHAR', about: 'Name.', nullable: true },
  },
});
