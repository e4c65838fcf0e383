// Status changes: what is public, in this order.
import { subjectOn } from '../define.ts';
import { issueTransitionMetrics } from './metrics.ts';

export const issueTransitions = subjectOn({
  view: 'issue_transitions',
  table: 'fact_issue_transition',
  title: 'Issue transitions',
  about: 'One row per status change of an issue.',
  lookup: { table: 'dim_project', on: 'project_id', columns: ['project_key'] },
  metrics: issueTransitionMetrics,
  metricClass: 'internal',
  dimensions: ['occurred_on', 'occurred_at', 'from_category', 'to_category', 'project_key'],
  rollups: { by_day: { day: 'occurred_on', by: ['from_category', 'to_category', 'project_key'] } },
});
