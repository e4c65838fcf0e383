// Accounts of gold: which rows of silver are in which table, and by which of its days a table is compared with the copy that is served.
import { columns, type ModelAccount, newest, oneToOne, today, utcDay, zone } from './account.ts';

export const goldAccounts: readonly ModelAccount[] = [
  oneToOne({
    source: null,
    object: 'fact_auth_event',
    roots: ['okta__log', 'elasticsearch__auth_logs'],
    servedDay: 'occurred_at',
    instants: { okta_auth_events: 'occurred_at', elastic_auth_events: 'occurred_at', fact_auth_event: 'occurred_at' },
    from: ['okta_auth_events', 'elastic_auth_events'],
    hash: 'event_id, occurred_at, event_type, outcome, actor_login, client_ip, country',
    day: utcDay('occurred_at'),
  }),
  {
    hop: 'silver-gold',
    source: null,
    object: 'fact_auth_attempt',
    roots: ['okta__log', 'elasticsearch__auth_logs'],
    servedDay: 'started_at',
    instants: { auth_attempt_events: 'occurred_at' },
    expected: (table) =>
      columns(
        `${utcDay('occurred_at')} as day, null::varchar as reason, hash(event_id, attempt_id) as h`,
        table('auth_attempt_events'),
      ),
    // Attempts are many events each: what counts is that each event's attempt is there.
    found: (table) =>
      columns(
        `${utcDay('occurred_at')} as day, hash(event_id, attempt_id) as h`,
        `(select * from ${table('auth_attempt_events')} where attempt_id in (select attempt_id from ${table('fact_auth_attempt')}))`,
      ),
  },
  oneToOne({
    source: 'jira',
    object: 'fact_issue_transition',
    roots: ['jira__changelogs', 'jira__issues'],
    servedDay: 'occurred_at',
    from: ['jira_transitions'],
    hash: 'transition_id, issue_id, occurred_at, from_status, to_status',
    day: utcDay('occurred_at'),
  }),
  oneToOne({
    source: 'jira',
    object: 'fact_issue',
    roots: ['jira__issues', 'jira__issue_ids'],
    servedDay: 'created_at',
    from: ['jira_issues'],
    hash: 'issue_id, issue_key, project_id, created_at, updated_at, status',
    day: utcDay('created_at'),
  }),
  oneToOne({
    source: null,
    object: 'fact_device_state',
    roots: ['intune__managed_devices', 'jamf__computers', 'jamf__mobile_devices'],
    servedDay: 'state_on',
    from: ['device_days'],
    hash: 'device_key, state_on, compliance_state, platform, managed_by',
    day: `state_on::varchar`,
  }),
  {
    hop: 'silver-gold',
    source: null,
    object: 'dim_device',
    roots: ['intune__managed_devices', 'jamf__computers', 'jamf__mobile_devices'],
    expected: (table) =>
      columns(
        `'now' as day, null::varchar as reason, hash(device_key, compliance_state) as h`,
        `(select * from ${table('device_days')} where state_on = (select max(state_on) from ${table('device_days')}))`,
      ),
    found: (table) => columns(`'now' as day, hash(device_key, compliance_state) as h`, table('dim_device')),
  },
  oneToOne({
    source: null,
    object: 'dim_user',
    roots: ['okta__users', 'intune__users', 'jira__users'],
    from: ['persons'],
    hash: 'user_key, email',
    day: `'now'`,
  }),
  {
    hop: 'silver-gold',
    source: 'jira',
    object: 'dim_project',
    roots: ['jira__projects', 'jira__issues', 'jira__changelogs'],
    // Every project that was ever listed, and each that only issues or their moves still name.
    expected: (table) => {
      const listed = `(select id from ${table('jira__projects')} where not _deleted)`;
      return `${columns(
        `'now' as day, case when _deleted then 'missing from the listing' when position > 1 then 'superseded by a newer version' end as reason, hash(id, lead_account_id) as h`,
        `(select *, ${newest('ingest_at desc, _page desc')} as position from ${table('jira__projects')})`,
      )} union all ${columns(
        `'now' as day, null::varchar as reason, hash(id, null::varchar) as h`,
        `(select project_id as id from ${table('jira_issues')} union select from_project_id from ${table('jira_project_moves')}
          union select to_project_id from ${table('jira_project_moves')}) where id is not null and id not in ${listed}`,
      )}`;
    },
    found: (table) => columns(`'now' as day, hash(project_id, lead_account_id) as h`, table('dim_project')),
  },
  {
    hop: 'silver-gold',
    source: 'jira',
    object: 'fact_issue_backlog_day',
    roots: ['jira__issues', 'jira__issue_ids', 'jira__changelogs', 'jira__statuses'],
    servedDay: 'backlog_on',
    // What can be accounted for row by row: each issue is opened once, on its own day. Closed and moved are sums over its history.
    expected: (table) =>
      columns(
        `coalesce(opened_on::varchar, 'no day') as day, case when is_subtask or is_epic then 'filtered: part of another issue, or made of others'
         when opened_on is null then 'filtered: no instant' when project_id is null then 'filtered: no project' when opened_on > ${today(table)} then 'filtered: later than this release'
         when is_born_done and (is_ever_closed or status_category is distinct from 'done') then 'filtered: done since it was made' end as reason, hash(project_id, opened_on) as h`,
        `(select issue.* exclude (project_id), coalesce(first_project_id, project_id) as project_id,
           cast(created_at at time zone ${zone(table)} as date) as opened_on, coalesce(first_category = 'done', false) as is_born_done, coalesce(is_ever_closed, false) as is_ever_closed
          from ${table('jira_issues')} as issue
          left join (select issue_id, bool_or(is_close) as is_ever_closed, arg_min(from_category, position) as first_category from ${table('jira_transitions')} group by all) using (issue_id)
          left join (select issue_id, arg_min(from_project_id, position) as first_project_id from ${table('jira_project_moves')} group by all) using (issue_id))`,
      ),
    found: (table) =>
      columns(
        `backlog_on::varchar as day, hash(project_id, backlog_on) as h`,
        `(select *, unnest(generate_series(1, opened)) from ${table('fact_issue_backlog_day')} where backlog_on <= ${today(table)})`,
      ),
  },
  {
    hop: 'silver-gold',
    source: 'okta',
    object: 'fact_user_state',
    // The day on which the log begins moves with its oldest row alone, so the log is no root: every page would have all days counted.
    roots: ['okta__users', 'okta__factors'],
    servedDay: 'state_on',
    expected: (table) => {
      const start = `(select cast(max(started_at) at time zone ${zone(table)} as date) from ${table('okta_log_start')})`;
      return columns(
        `day::date::varchar as day, null::varchar as reason, hash(user_key, day::date) as h`,
        `(select user_key, unnest(generate_series(greatest(cast(created_at at time zone ${zone(table)} as date), ${start})::timestamp, ${today(table)}::timestamp, interval 1 day)) as day
          from (select person.user_key, account.created_at from ${table('persons')} as person join ${table('okta_users')} as account using (okta_user_id)))`,
      );
    },
    found: (table) => columns(`state_on::varchar as day, hash(user_key, state_on) as h`, table('fact_user_state')),
  },
];
