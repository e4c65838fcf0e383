// What is measured of status changes.
import { metricsOn } from '../define.ts';

export const issueTransitionMetrics = metricsOn('fact_issue_transition', {
  transition_count: { title: 'Status changes', about: 'All changes of status.', count: true },
  closes: {
    title: 'Closes',
    about: 'Changes from another category into done.',
    count: true,
    where: { is_close: true },
  },
  reopens: {
    title: 'Reopens',
    about: 'Changes from done into another category.',
    count: true,
    where: { is_reopen: true },
  },
});
