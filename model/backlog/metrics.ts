// What is measured of the backlog: flows add up over days, stocks do not (they are taken at the first and the last day of the group).
import { metricsOn } from '../define.ts';

export const backlogMetrics = metricsOn('fact_issue_backlog_day', {
  open_start: {
    title: 'Open at the start',
    about: 'Open issues at the start of the first day of the period, over all projects in it.',
    sql: (column) => `sum_at_first(list(struct_pack("at" := ${column('backlog_on')}, n := ${column('open_start')})))`,
    unit: 'count',
  },
  opened: { title: 'Opened', about: 'Issues created in the period.', sum: 'opened' },
  reopened: { title: 'Reopened', about: 'Changes out of done in the period.', sum: 'reopened' },
  moved_in: { title: 'Moved in', about: 'Open issues that came from another project in the period.', sum: 'moved_in' },
  closed: { title: 'Closed', about: 'Changes into done in the period.', sum: 'closed' },
  moved_out: { title: 'Moved out', about: 'Open issues that went to another project in the period.', sum: 'moved_out' },
  deleted: { title: 'Deleted', about: 'Open issues that were found deleted in the period.', sum: 'deleted' },
  open_end: {
    title: 'Open at the end',
    about: 'Open issues at the end of the last day of the period, over all projects in it.',
    sql: (column) => `sum_at_last(list(struct_pack("at" := ${column('backlog_on')}, n := ${column('open_end')})))`,
    unit: 'count',
  },
  net_burn: {
    title: 'Net burn',
    about: 'Closed less opened and reopened: above zero the backlog shrinks.',
    plus: ['closed'],
    minus: ['opened', 'reopened'],
  },
  inflow: {
    title: 'Inflow',
    about: 'Opened and reopened together.',
    hidden: true,
    plus: ['opened', 'reopened'],
    minus: [],
  },
  burn_ratio: {
    title: 'Burn ratio',
    about: 'Closed, divided by opened and reopened together; nothing without inflow.',
    ratio: ['closed', 'inflow'],
  },
  burn_pct: {
    title: 'Backlog burn',
    about: 'Open at the start less open at the end, as a share of open at the start: above zero the backlog shrank.',
    declinePercent: ['open_start', 'open_end'],
  },
});
