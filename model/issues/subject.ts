// Issues: what is public, in this order.
import { subjectOn } from '../define.ts';
import { issueMetrics } from './metrics.ts';

export const issues = subjectOn({
  view: 'issues',
  table: 'fact_issue',
  title: 'Issues',
  about: 'One row per Jira issue that was not deleted.',
  keep: { is_deleted: false },
  lookup: { table: 'dim_project', on: 'project_id', columns: ['project_key', 'project_name'] },
  metrics: issueMetrics,
  metricClass: 'internal',
  dimensions: [
    'created_on',
    'resolved_on',
    'created_at',
    'resolved_at',
    'issue_key',
    'project_key',
    'project_name',
    'issue_type',
    'priority',
    'status',
    'status_category',
    'resolution',
    'is_open',
    'mttr_exclusion',
    'org_id',
  ],
  identity: ['issue_key'],
  rollups: {
    by_day_resolved: { day: 'resolved_on', by: ['project_key', 'project_name', 'priority', 'issue_type'] },
    by_day_created: { day: 'created_on', by: ['project_key', 'project_name', 'priority', 'issue_type'] },
  },
});
