// MTTR: mean hours from creation to the resolution still in force, over issues resolved in the range.
import { countOf, formatNumber } from '../format/number.ts';
import type { Metric } from './metric.ts';

export const timeToResolve: Metric = {
  id: 'mttr',
  title: 'Mean time to resolve',
  question: 'How long do issues take?',
  unit: 'hours',
  better: 'down',
  kind: 'flow',
  view: 'issues',
  history: 'issues',
  time: 'resolved_on',
  value: 'mttr_hours',
  numerator: 'mttr_hours',
  denominator: 'resolved_issues',
  sentence: (n) =>
    `${formatNumber((n.mttr_hours ?? 0) * (n.resolved_issues ?? 0), 'count')} hours over ${countOf(n.resolved_issues, 'resolved issue', 'resolved issues')}`,
  parts: ['Mean hours', 'Resolved'],
  trend: { measure: 'mttr_hours', title: 'Mean time to resolve', unit: 'hours' },
  companions: [
    { measure: 'ttr_median_hours', title: 'Median', unit: 'hours' },
    { measure: 'ttr_p90_hours', title: '90th pct.', unit: 'hours' },
    { measure: 'reopen_rate_pct', title: 'Reopen rate', unit: 'percent' },
    { measure: 'mttr_business_hours', title: 'Business hours', unit: 'hours', isDetail: true },
    { measure: 'mttr_active_hours', title: 'Active time', unit: 'hours', isDetail: true },
    { measure: 'first_resolution_hours', title: 'First resolution', unit: 'hours', isDetail: true },
  ],
  cohort: {
    time: 'created_on',
    companions: [{ measure: 'ttr_km_median_hours', title: 'Median incl. open', unit: 'hours' }],
  },
  excluded: [{ measure: 'mttr_excluded', words: 'were sub-tasks, epics or closed without work', by: 'mttr_exclusion' }],
  breakdowns: [
    { dimension: 'priority', title: 'Priority' },
    { dimension: 'project_name', title: 'Project' },
    { dimension: 'issue_type', title: 'Type' },
  ],
  sources: ['jira'],
};
