// The questions whose exact answers are written down: every core measure with its parts, over all history, the last 30 days, by month and by each main dimension.
import { dayMs, dayText } from '../zone.ts';
import type { TruthQuery } from './query.ts';

export interface Question {
  readonly name: string;
  readonly view: string;
  readonly query: TruthQuery;
}

interface Ask {
  readonly by?: readonly string[];
  readonly time?: string;
  readonly range?: readonly [string, string];
  readonly per?: 'day' | 'week' | 'month';
  readonly where?: Readonly<Record<string, readonly string[] | 'set'>>;
}

/** One question in short: names without the view. */
function ask(
  view: string,
  name: string,
  measures: readonly string[],
  { by = [], time, range, per, where = {} }: Ask = {},
): Question {
  const full = (member: string) => `${view}.${member}`;
  const filters = Object.entries(where).map(([member, values]) =>
    values === 'set'
      ? ({ member: full(member), operator: 'set' } as const)
      : ({ member: full(member), operator: 'equals', values } as const),
  );
  return {
    name: `${view}: ${name}`,
    view,
    query: {
      measures: measures.map(full),
      ...(by.length > 0 ? { dimensions: by.map(full) } : {}),
      ...(time === undefined
        ? {}
        : {
            timeDimensions: [
              {
                dimension: full(time),
                ...(range ? { dateRange: range } : {}),
                ...(per ? { granularity: per } : {}),
              },
            ],
          }),
      ...(filters.length > 0 ? { filters } : {}),
      order: [
        ...(time !== undefined && per ? [[full(time), 'asc'] as const] : []),
        ...by.map((dimension) => [full(dimension), 'asc'] as const),
        ...(by.length === 0 && !per ? [[full(measures[0] as string), 'desc'] as const] : []),
      ],
      timezone: 'UTC',
    },
  };
}

const mfa = [
  'mfa_population',
  'mfa_enrolled',
  'mfa_adoption_pct',
  'mfa_phishing_resistant',
  'mfa_phishing_resistant_pct',
];
const devices = [
  'in_scope',
  'compliant',
  'noncompliant',
  'unknown',
  'evaluated',
  'endpoint_compliance_pct',
  'compliance_strict_pct',
  'coverage_pct',
];
const logins = ['attempt_count', 'success', 'failed_attempts', 'decided_attempts', 'login_failure_rate_pct'];
const outcomes = ['failure', 'denied', 'locked', 'abandoned', 'abandoned_pct'];
const simple = ['simple_failures', 'simple_sign_ins', 'login_failure_rate_simple_pct'];
const strongSignIns = ['mfa_sign_ins', 'mfa_sign_in_pct', 'distinct_users'];
const mttr = ['resolved_issues', 'mttr_hours', 'ttr_median_hours', 'ttr_p90_hours'];
const clocks = ['first_resolution_hours', 'mttr_business_hours', 'mttr_active_hours'];
const reopening = ['issue_count', 'open_issues', 'reopened_issues', 'reopen_rate_pct', 'mttr_excluded'];
const burn = [
  'open_start',
  'opened',
  'reopened',
  'moved_in',
  'closed',
  'moved_out',
  'deleted',
  'open_end',
  'net_burn',
  'burn_ratio',
  'burn_pct',
];

/** All questions on a tenant of that as-of instant. */
export function questions(asOf: number): Question[] {
  const day = (ago: number) => dayText(asOf / dayMs - ago);
  const recent: readonly [string, string] = [day(30), day(1)];
  const before: readonly [string, string] = [day(60), day(31)];
  const history: readonly [string, string] = [day(170), day(1)];
  const since = { time: 'started_on', range: history } as const;
  const last = { time: 'started_on', range: recent } as const;
  const resolved = { time: 'resolved_on', range: recent } as const;
  return [
    ask('users', 'MFA as of now', ['user_count', ...mfa, 'mfa_unknown', 'admins_without_mfa', 'mfa_excluded']),
    ask('users', 'MFA by department', mfa, { by: ['department'] }),
    ask('users', 'by MFA state', ['user_count', 'mfa_population', 'mfa_enrolled'], { by: ['mfa_state'] }),
    ask('users', 'by status in Okta', ['user_count', 'mfa_population'], { by: ['okta_status'] }),
    ask('users', 'outside the population, by reason', ['mfa_excluded'], {
      by: ['exclusion_reason'],
      where: { exclusion_reason: 'set' },
    }),
    ask('users', 'by strongest factor', ['user_count', 'mfa_enrolled', 'mfa_phishing_resistant'], {
      by: ['strongest_factor'],
    }),
    ask('user_states', 'adoption by day, last 30 days', mfa, { time: 'state_on', range: recent, per: 'day' }),
    ask('user_states', 'adoption by month', mfa, { time: 'state_on', range: history, per: 'month' }),
    ask('user_states', 'adoption by week', mfa, { time: 'state_on', range: history, per: 'week' }),
    ask('user_states', 'person-days of the last 30 days', mfa, { time: 'state_on', range: recent }),
    ask('user_states', 'by department, last 30 days', mfa, { by: ['department'], time: 'state_on', range: recent }),
    ask('user_states', 'by MFA state and month', ['mfa_population', 'mfa_enrolled'], {
      by: ['mfa_state'],
      time: 'state_on',
      range: history,
      per: 'month',
    }),
    ask('devices', 'compliance as of now', ['device_count', ...devices, 'verdict_conflicts', 'excluded']),
    ask('devices', 'by platform', ['device_count', ...devices], { by: ['platform'] }),
    ask('devices', 'by department', devices, { by: ['department'] }),
    ask('devices', 'by managing system', ['device_count', ...devices, 'verdict_conflicts'], { by: ['managed_by'] }),
    ask('devices', 'by ownership', ['device_count', 'in_scope', 'excluded'], { by: ['ownership'] }),
    ask('devices', 'by state and reason', ['device_count', 'in_scope'], {
      by: ['compliance_state', 'compliance_reason'],
    }),
    ask('devices', 'out of scope, by reason', ['excluded', 'device_count'], {
      by: ['exclusion_reason'],
      where: { exclusion_reason: 'set' },
    }),
    ask('devices', 'Macs by version', ['device_count', 'compliant', 'noncompliant'], {
      by: ['os_version'],
      where: { platform: ['macos'] },
    }),
    ask('device_states', 'compliance by day, last 30 days', devices, { time: 'state_on', range: recent, per: 'day' }),
    ask('device_states', 'compliance by month', devices, { time: 'state_on', range: history, per: 'month' }),
    ask('device_states', 'compliance by week and platform', devices, {
      by: ['platform'],
      time: 'state_on',
      range: history,
      per: 'week',
    }),
    ask('device_states', 'device-days by managing system, last 30 days', devices, {
      by: ['managed_by'],
      time: 'state_on',
      range: recent,
    }),
    ask('device_states', 'by department, last 30 days', devices, {
      by: ['department'],
      time: 'state_on',
      range: recent,
    }),
    ask('device_states', 'by state, the 30 days before', ['in_scope'], {
      by: ['compliance_state'],
      time: 'state_on',
      range: before,
    }),
    ask('auth_attempts', 'failure rate over all history', [...logins, ...outcomes], since),
    ask('auth_attempts', 'failure rate, last 30 days', [...logins, ...outcomes], last),
    ask('auth_attempts', 'failure rate, the 30 days before', [...logins, ...outcomes], {
      time: 'started_on',
      range: before,
    }),
    ask('auth_attempts', 'failure rate by month', logins, { ...since, per: 'month' }),
    ask('auth_attempts', 'failure rate by day, last 30 days', logins, { ...last, per: 'day' }),
    ask('auth_attempts', 'by outcome', ['attempt_count'], { ...since, by: ['outcome'] }),
    ask('auth_attempts', 'by reason', ['attempt_count', 'failed_attempts'], { ...since, by: ['reason'] }),
    ask('auth_attempts', 'by stage', ['failed_attempts'], { ...since, by: ['stage'], where: { stage: 'set' } }),
    ask('auth_attempts', 'by country', logins, { ...since, by: ['country'] }),
    ask('auth_attempts', 'by department, last 30 days', logins, { ...last, by: ['department'] }),
    ask('auth_attempts', 'by source', logins, { ...since, by: ['source_system'] }),
    ask('auth_attempts', 'known and unknown logins', [...logins, 'distinct_users'], {
      ...since,
      by: ['is_known_user'],
    }),
    ask('auth_attempts', 'simple failure rate over all history', simple, since),
    ask('auth_attempts', 'simple failure rate by month', simple, { ...since, per: 'month' }),
    ask('auth_attempts', 'sign-ins with MFA, over all history', strongSignIns, since),
    ask('auth_attempts', 'sign-ins with MFA by month', strongSignIns, { ...since, per: 'month' }),
    ask('auth_events', 'by type and outcome', ['event_count'], {
      by: ['event_type', 'outcome'],
      time: 'occurred_on',
      range: history,
    }),
    ask('auth_events', 'by source and month', ['event_count', 'distinct_users'], {
      by: ['source_system'],
      time: 'occurred_on',
      range: history,
      per: 'month',
    }),
    ask('auth_events', 'by factor', ['event_count'], {
      by: ['factor', 'factor_class'],
      time: 'occurred_on',
      range: history,
    }),
    ask('issues', 'all', [...reopening, ...mttr, ...clocks, 'ttr_km_median_hours']),
    ask('issues', 'MTTR, last 30 days', [...mttr, ...clocks], resolved),
    ask('issues', 'MTTR by month', mttr, { time: 'resolved_on', range: history, per: 'month' }),
    ask('issues', 'MTTR by project, last 30 days', mttr, { ...resolved, by: ['project_key'] }),
    ask('issues', 'MTTR by priority, last 30 days', mttr, { ...resolved, by: ['priority'] }),
    ask('issues', 'MTTR by type', [...mttr, ...clocks], { by: ['issue_type'] }),
    ask('issues', 'Kaplan-Meier by month of creation', ['issue_count', 'open_issues', 'ttr_km_median_hours'], {
      time: 'created_on',
      range: history,
      per: 'month',
    }),
    ask('issues', 'Kaplan-Meier by project, created in the last 30 days', ['issue_count', 'ttr_km_median_hours'], {
      by: ['project_key'],
      time: 'created_on',
      range: recent,
    }),
    ask('issues', 'by status', ['issue_count', 'open_issues'], { by: ['status', 'status_category'] }),
    ask('issues', 'reopening by project', reopening, { by: ['project_key', 'project_name'] }),
    ask('issues', 'left out of MTTR, by reason', ['mttr_excluded'], {
      by: ['mttr_exclusion'],
      where: { mttr_exclusion: 'set' },
    }),
    ask('issue_transitions', 'by month', ['transition_count', 'closes', 'reopens'], {
      time: 'occurred_on',
      range: history,
      per: 'month',
    }),
    ask('issue_transitions', 'by category', ['transition_count', 'closes', 'reopens'], {
      by: ['from_category', 'to_category'],
    }),
    ask('backlog', 'burn, last 30 days', burn, { time: 'backlog_on', range: recent }),
    ask('backlog', 'burn over all history', burn, { time: 'backlog_on', range: history }),
    ask('backlog', 'burn by month', burn, { time: 'backlog_on', range: history, per: 'month' }),
    ask('backlog', 'burn by day, last 30 days', burn, { time: 'backlog_on', range: recent, per: 'day' }),
    ask('backlog', 'burn by project, last 30 days', burn, { by: ['project_key'], time: 'backlog_on', range: recent }),
    ask('backlog', 'burn by project and month', burn, {
      by: ['project_key'],
      time: 'backlog_on',
      range: history,
      per: 'month',
    }),
    ask('projects', 'by kind and visibility', ['project_count'], { by: ['project_type', 'visibility'] }),
  ];
}
