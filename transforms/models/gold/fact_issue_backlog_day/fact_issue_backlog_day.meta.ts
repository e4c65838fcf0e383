// One row per project and day of the tenant from its first issue to the as-of day.
import { tableMeta } from '../../../table-meta.ts';

export const factIssueBacklogDay = tableMeta({
  name: 'fact_issue_backlog_day',
  grain: 'One row per project and day of the tenant from its first issue to the as-of day.',
  about:
    'Stock and flow of open issues (no sub-tasks, no epics); open_end = open_start + opened + reopened + moved_in - closed - moved_out - deleted.',
  key: ['backlog_on', 'project_id'],
  columns: {
    backlog_on: { type: 'DATE', about: "The tenant's day." },
    project_id: { type: 'VARCHAR', about: 'Project.' },
    open_start: { type: 'INTEGER', about: 'Open at the start of the day.' },
    opened: { type: 'INTEGER', about: 'Created in the day.' },
    reopened: { type: 'INTEGER', about: 'Transitions out of done in the day.' },
    closed: { type: 'INTEGER', about: 'Transitions into done in the day.' },
    moved_in: { type: 'INTEGER', about: 'Open issues that came from another project in the day.' },
    moved_out: { type: 'INTEGER', about: 'Open issues that went to another project in the day.' },
    deleted: { type: 'INTEGER', about: 'Open issues that were found deleted in the day.' },
    open_end: { type: 'INTEGER', about: 'Open at the end of the day.' },
  },
});
