// What is measured of issues. Deleted issues are in none of these; sub-tasks, epics and issues closed without being resolved are not in MTTR.
import { metricsOn } from '../define.ts';

const msPerHour = '3600000';

export const issueMetrics = metricsOn('fact_issue', {
  issue_count: { title: 'Issues', about: 'All issues that were not deleted.', count: true },
  open_issues: {
    title: 'Open issues',
    about: 'Issues that are not in a done category now.',
    count: true,
    where: { is_open: true },
  },
  resolved_issues: {
    title: 'Resolved issues',
    about:
      'Resolved issues that count for MTTR: no sub-tasks, no epics, none closed as Won\u2019t do, Won\u2019t fix, Duplicate or Cannot reproduce.',
    count: true,
    where: { counts_for_mttr: true },
  },
  resolve_ms: {
    title: 'Time to resolve',
    about: 'Milliseconds from creation to the resolution in force, of issues that count.',
    hidden: true,
    sum: 'ms_to_resolve',
    where: { counts_for_mttr: true },
    unit: 'ms',
  },
  mttr_hours: {
    title: 'Mean time to resolve',
    about:
      'Hours from creation to the resolution in force, as a mean over resolved issues that count. Open issues are left out, so read it beside the Kaplan-Meier median.',
    meanHours: ['resolve_ms', 'resolved_issues'],
  },
  first_resolve_ms: {
    title: 'Time to first resolution',
    about: 'Milliseconds from creation to the first resolution, of issues that count.',
    hidden: true,
    sum: 'ms_to_first_resolve',
    where: { counts_for_mttr: true },
    unit: 'ms',
  },
  first_resolved_issues: {
    title: 'With a first resolution',
    about: 'Issues that count and have a time to the first resolution.',
    hidden: true,
    count: true,
    where: { counts_for_mttr: true, ms_to_first_resolve: { present: true } },
  },
  first_resolution_hours: {
    title: 'Mean time to first resolution',
    about:
      'Hours from creation to the first resolution, whatever came after, as a mean over resolved issues that count.',
    meanHours: ['first_resolve_ms', 'first_resolved_issues'],
  },
  ttr_median_hours: {
    title: 'Median time to resolve',
    about: 'Half of the resolved issues that count took no longer than this many hours.',
    sql: (column) =>
      `quantile_cont(${column('ms_to_resolve')}, 0.5) FILTER (WHERE ${column('counts_for_mttr')}) / ${msPerHour}`,
    unit: 'hours',
  },
  ttr_p90_hours: {
    title: '90th percentile of time to resolve',
    about: 'Nine in ten of the resolved issues that count took no longer than this many hours.',
    sql: (column) =>
      `quantile_cont(${column('ms_to_resolve')}, 0.9) FILTER (WHERE ${column('counts_for_mttr')}) / ${msPerHour}`,
    unit: 'hours',
  },
  ttr_km_median_hours: {
    title: 'Kaplan-Meier median time to resolve',
    about:
      'Hours within which half of the issues are resolved, open ones counted as not resolved yet (censored); nothing where that point is not reached.',
    sql: (column) =>
      `km_median(list(struct_pack(ms := ${column('ms_observed')}, observed := ${column('counts_for_mttr')})) FILTER (WHERE ${column('counts_for_mttr')} OR (${column('is_open')} AND NOT ${column('is_subtask')} AND ${column('issue_type')} <> 'epic'))) / ${msPerHour}`,
    unit: 'hours',
  },
  business_ms: {
    title: 'Business time to resolve',
    about: 'Milliseconds to resolve within business hours, of issues that count.',
    hidden: true,
    sum: 'ms_business',
    where: { counts_for_mttr: true },
    unit: 'ms',
  },
  business_issues: {
    title: 'With business time',
    about: 'Issues that count and have a business time.',
    hidden: true,
    count: true,
    where: { counts_for_mttr: true, ms_business: { present: true } },
  },
  mttr_business_hours: {
    title: 'Mean business time to resolve',
    about:
      'Hours to resolve within Monday to Friday 09:00 to 17:00 of the tenant\u2019s zone, as a mean over resolved issues that count.',
    meanHours: ['business_ms', 'business_issues'],
  },
  active_ms: {
    title: 'Active time to resolve',
    about: 'Milliseconds of active work until resolved, of issues that count.',
    hidden: true,
    sum: 'ms_active',
    where: { counts_for_mttr: true },
    unit: 'ms',
  },
  active_issues: {
    title: 'With active time',
    about: 'Issues that count and have an active time (with a status history).',
    hidden: true,
    count: true,
    where: { counts_for_mttr: true, ms_active: { present: true } },
  },
  mttr_active_hours: {
    title: 'Mean active time to resolve',
    about:
      'Hours in open statuses that are not waiting, blocked, on hold or pending, as a mean over resolved issues that count and have a status history.',
    meanHours: ['active_ms', 'active_issues'],
  },
  reopened_issues: {
    title: 'Reopened issues',
    about: 'Issues that left a done category at least once.',
    count: true,
    where: { reopen_count: { above: 0 } },
  },
  ever_resolved_issues: {
    title: 'Ever resolved',
    about: 'Issues that were resolved at least once.',
    hidden: true,
    count: true,
    where: { first_resolved_at: { present: true } },
  },
  reopen_rate_pct: {
    title: 'Reopen rate',
    about: 'Issues that were reopened at least once, as a share of the issues that were resolved at least once.',
    percent: ['reopened_issues', 'ever_resolved_issues'],
  },
  mttr_excluded: {
    title: 'Left out of MTTR',
    about: 'Resolved issues that do not count, for the reason in the dimension mttr_exclusion.',
    count: true,
    where: { mttr_exclusion: { present: true } },
  },
});
