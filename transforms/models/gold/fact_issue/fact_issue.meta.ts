// One row per issue.
import { tableMeta } from '../../../table-meta.ts';

export const factIssue = tableMeta({
  name: 'fact_issue',
  grain: 'One row per issue.',
  about:
    'Issues with the times that MTTR needs; resolution is the last entry into a done category that is still in force.',
  key: ['issue_id'],
  columns: {
    issue_id: { type: 'VARCHAR', about: "Jira's issue id (the key changes on a move)." },
    issue_key: { type: 'VARCHAR', about: "Jira's key now." },
    project_id: { type: 'VARCHAR', about: 'Project now.' },
    issue_type: { type: 'VARCHAR', about: 'Name of the type, lower case.' },
    is_subtask: { type: 'BOOLEAN', about: 'A sub-task.' },
    priority: { type: 'VARCHAR', about: "Name of the priority, 'none' without one." },
    status: { type: 'VARCHAR', about: 'Name of the status now.' },
    status_category: { type: 'VARCHAR', about: 'new, indeterminate or done.' },
    resolution: { type: 'VARCHAR', about: 'Name of the resolution.', nullable: true },
    assignee_key: { type: 'VARCHAR', about: 'Person it is assigned to.', nullable: true },
    created_at: { type: 'TIMESTAMPTZ', about: 'When it was created.' },
    created_on: { type: 'DATE', about: "The tenant's day of created_at." },
    updated_at: { type: 'TIMESTAMPTZ', about: 'Last change.' },
    resolved_at: {
      type: 'TIMESTAMPTZ',
      about: 'Last entry into a done category still in force; null while open.',
      nullable: true,
    },
    resolved_on: { type: 'DATE', about: "The tenant's day of resolved_at.", nullable: true },
    first_resolved_at: {
      type: 'TIMESTAMPTZ',
      about: 'First entry into a done category, whatever came after.',
      nullable: true,
    },
    reopen_count: { type: 'INTEGER', about: 'Transitions from a done category to another.' },
    is_open: { type: 'BOOLEAN', about: 'Not in a done category now.' },
    is_deleted: { type: 'BOOLEAN', about: 'No longer listed by Jira (census).' },
    counts_for_mttr: {
      type: 'BOOLEAN',
      about:
        "Resolved, no sub-task, no epic, resolution not Won't do/Won't fix/Duplicate/Cannot reproduce, duration positive, not deleted.",
    },
    mttr_exclusion: {
      type: 'VARCHAR',
      about: 'Why a resolved issue does not count: subtask, epic, resolution, negative_duration, deleted.',
      nullable: true,
    },
    ms_to_resolve: { type: 'BIGINT', about: 'Milliseconds from created_at to resolved_at.', nullable: true },
    ms_to_first_resolve: {
      type: 'BIGINT',
      about: 'Milliseconds from created_at to first_resolved_at.',
      nullable: true,
    },
    ms_active: {
      type: 'BIGINT',
      about:
        'Milliseconds spent until resolved_at in categories new and indeterminate, statuses named waiting, blocked, hold or pending left out.',
      nullable: true,
    },
    ms_business: {
      type: 'BIGINT',
      about: "Milliseconds to resolve on Monday to Friday 09:00-17:00 of the tenant's zone.",
      nullable: true,
    },
    ms_observed: {
      type: 'BIGINT',
      about: "ms_to_resolve, or for an open issue the milliseconds from created_at to the release's as-of (censored).",
    },
    history_missing: { type: 'BOOLEAN', about: 'No status history came, so resolutiondate was used.' },
  },
});
