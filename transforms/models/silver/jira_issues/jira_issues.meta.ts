// One row per issue ever seen, as it is now.
import { tableMeta } from '../../../table-meta.ts';

export const jiraIssues = tableMeta({
  name: 'jira_issues',
  grain: 'One row per issue ever seen, as it is now.',
  about: 'Newest version of each issue, and when the census missed it.',
  key: ['issue_id'],
  columns: {
    issue_id: { type: 'VARCHAR', about: "Jira's issue id." },
    issue_key: { type: 'VARCHAR', about: 'Key now.' },
    project_id: { type: 'VARCHAR', about: 'Project now.' },
    project_key: { type: 'VARCHAR', about: 'Key of that project.' },
    issue_type: { type: 'VARCHAR', about: 'Lower-cased name of the type.' },
    is_subtask: { type: 'BOOLEAN', about: 'A sub-task.' },
    is_epic: { type: 'BOOLEAN', about: 'An epic.' },
    priority: { type: 'VARCHAR', about: "Name of the priority, 'none' without one." },
    status_id: { type: 'VARCHAR', about: 'Status now.', nullable: true },
    status: { type: 'VARCHAR', about: 'Name of the status now.' },
    status_category: { type: 'VARCHAR', about: 'new, indeterminate, done or unknown.' },
    resolution: { type: 'VARCHAR', about: 'Name of the resolution.', nullable: true },
    assignee_account_id: { type: 'VARCHAR', about: 'accountId of the assignee.', nullable: true },
    created_at: { type: 'TIMESTAMPTZ', about: 'When it was created.' },
    updated_at: { type: 'TIMESTAMPTZ', about: 'Last change.' },
    resolution_date: { type: 'TIMESTAMPTZ', about: 'resolutiondate.', nullable: true },
    deleted_at: { type: 'TIMESTAMPTZ', about: 'When the census first missed it.', nullable: true },
  },
});
