// Backlog burn: by how much the open issues became fewer over the range, of those open at its start.
import { countOf, formatNumber } from '../format/number.ts';
import type { Metric } from './metric.ts';

export const backlogBurn: Metric = {
  id: 'backlog-burn',
  title: 'Backlog burn',
  question: 'Is the backlog shrinking?',
  unit: 'percent',
  better: 'up',
  kind: 'flow',
  view: 'backlog',
  history: 'backlog',
  time: 'backlog_on',
  value: 'burn_pct',
  numerator: 'open_end',
  denominator: 'open_start',
  sentence: (n) =>
    `${countOf(n.open_start, 'issue', 'issues')} open at the start, ${formatNumber(n.open_end, 'count')} at the end`,
  parts: ['Open at the end', 'Open at the start'],
  trend: {
    measure: 'open_end',
    title: 'Open issues',
    unit: 'count',
    also: [
      { measure: 'opened', title: 'Opened', unit: 'count' },
      { measure: 'reopened', title: 'Reopened', unit: 'count' },
      { measure: 'closed', title: 'Closed', unit: 'count' },
    ],
  },
  companions: [
    { measure: 'burn_ratio', title: 'Burn ratio', unit: 'ratio' },
    { measure: 'net_burn', title: 'Net burn', unit: 'count' },
    { measure: 'closed', title: 'Closed', unit: 'count' },
    { measure: 'opened', title: 'Opened', unit: 'count' },
    { measure: 'reopened', title: 'Reopened', unit: 'count', isDetail: true },
    { measure: 'moved_in', title: 'Moved in', unit: 'count', isDetail: true },
    { measure: 'moved_out', title: 'Moved out', unit: 'count', isDetail: true },
    { measure: 'deleted', title: 'Deleted', unit: 'count', isDetail: true },
  ],
  excluded: [],
  neverCounted: 'Sub-tasks and epics are never counted.',
  breakdowns: [{ dimension: 'project_name', title: 'Project' }],
  sources: ['jira'],
};
