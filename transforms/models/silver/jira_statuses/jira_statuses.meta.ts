// One row per Jira status ever listed.
import { tableMeta } from '../../../table-meta.ts';

export const jiraStatuses = tableMeta({
  name: 'jira_statuses',
  grain: 'One row per Jira status ever listed.',
  about: 'The category of each status id; statuses that are gone are kept, since histories refer to them.',
  key: ['status_id'],
  columns: {
    status_id: { type: 'VARCHAR', about: 'Status id.' },
    status_name: { type: 'VARCHAR', about: 'Name.', nullable: true },
    category: { type: 'VARCHAR', about: 'new, indeterminate, done or unknown.' },
    is_waiting: { type: 'BOOLEAN', about: 'The name holds waiting, blocked, hold or pending.' },
  },
});
