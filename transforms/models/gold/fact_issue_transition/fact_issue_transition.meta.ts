// One row per status change of an issue.
import { tableMeta } from '../../../table-meta.ts';

export const factIssueTransition = tableMeta({
  name: 'fact_issue_transition',
  grain: 'One row per status change of an issue.',
  about: 'Status history from the full changelog.',
  key: ['transition_id'],
  columns: {
    transition_id: { type: 'VARCHAR', about: 'Changelog id and position of the item.' },
    issue_id: { type: 'VARCHAR', about: 'Issue.' },
    project_id: { type: 'VARCHAR', about: 'Project now.' },
    occurred_at: { type: 'TIMESTAMPTZ', about: 'When the status changed.' },
    occurred_on: { type: 'DATE', about: "The tenant's day of occurred_at." },
    from_status: { type: 'VARCHAR', about: 'Status id before.', nullable: true },
    to_status: { type: 'VARCHAR', about: 'Status id after.' },
    from_category: { type: 'VARCHAR', about: 'new, indeterminate, done or unknown.' },
    to_category: { type: 'VARCHAR', about: 'new, indeterminate, done or unknown.' },
    is_close: { type: 'BOOLEAN', about: 'From another category into done.' },
    is_reopen: { type: 'BOOLEAN', about: 'From done into another category.' },
    author_account_id: { type: 'VARCHAR', about: 'Who did it.', nullable: true },
  },
});
