// One row per status change of an issue.
import { tableMeta } from '../../../table-meta.ts';

export const jiraTransitions = tableMeta({
  name: 'jira_transitions',
  grain: 'One row per status change of an issue.',
  about: 'Items of field status of the full changelog, in order.',
  key: ['transition_id'],
  columns: {
    transition_id: { type: 'VARCHAR', about: 'Issue, changelog entry and position of the item.' },
    issue_id: { type: 'VARCHAR', about: 'Issue.' },
    occurred_at: { type: 'TIMESTAMPTZ', about: 'When it happened.' },
    position: { type: 'INTEGER', about: 'Order within the issue, 1 is the first.' },
    from_status: { type: 'VARCHAR', about: 'Status id before.', nullable: true },
    to_status: { type: 'VARCHAR', about: 'Status id after.' },
    from_category: { type: 'VARCHAR', about: 'new, indeterminate, done or unknown.' },
    to_category: { type: 'VARCHAR', about: 'new, indeterminate, done or unknown.' },
    is_close: { type: 'BOOLEAN', about: 'From another category into done.' },
    is_reopen: { type: 'BOOLEAN', about: 'From done into another category.' },
    author_account_id: { type: 'VARCHAR', about: 'Who did it.', nullable: true },
  },
});
