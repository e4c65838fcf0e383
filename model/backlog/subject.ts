// The backlog: what is public, in this order.
import { subjectOn } from '../define.ts';
import { backlogMetrics } from './metrics.ts';

export const backlog = subjectOn({
  view: 'backlog',
  table: 'fact_issue_backlog_day',
  title: 'Backlog',
  about:
    'One row per project and day of the tenant: open issues and what moved them. Sub-tasks and epics are left out.',
  lookup: { table: 'dim_project', on: 'project_id', columns: ['project_key', 'project_name'] },
  metrics: backlogMetrics,
  metricClass: 'internal',
  dimensions: ['backlog_on', 'project_key', 'project_name'],
  identity: ['backlog_on', 'project_key'],
  rollups: { flows_by_day: { day: 'backlog_on', by: ['project_key', 'project_name'] } },
});
