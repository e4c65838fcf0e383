// bronze → silver → gold as a table: which rows of what should be in which model, and why the others are not. Said here a second time, apart from the models, so that a fault of theirs shows.
import type { SourceName } from '@tessera/base';
import type { Hop } from './contract.ts';

/** Gives a select over a table by its name. */
export type Table = (name: string) => string;
export interface ModelAccount {
  readonly hop: Hop;
  readonly source: SourceName | null;
  /** The model. */
  readonly object: string;
  /** Bronze tables whose news it hangs on. */
  readonly roots: readonly string[];
  /** Select of `day`, `reason` (null where the row must be in the model) and `h`, a hash of what both sides have. */
  readonly expected: (table: Table) => string;
  /** Select of `day` and `h`. */
  readonly found: (table: Table) => string;
  /** For events: columns of instants by table, by which only the days that changed are read. */
  readonly instants?: Readonly<Record<string, string>>;
}

const utcDay = (instant: string) => `strftime(${instant} at time zone 'UTC', '%Y-%m-%d')`;
/** Position among the versions of a key, newest first; deletions apart. */
const newest = (order: string) => `row_number() over (partition by _key, _deleted order by ${order})`;
const lastOfKey = 'row_number() over (partition by _key order by ingest_at desc, _page desc)';
const columns = (select: string, from: string) => `select ${select} from ${from}`;

/** One row each, in other words: every row of the first is in the second. */
const oneToOne = (
  of: Pick<ModelAccount, 'source' | 'object' | 'roots' | 'instants'> & {
    readonly from: readonly string[];
    readonly hash: string;
    readonly day: string;
  },
): ModelAccount => ({
  ...of,
  hop: 'silver-gold',
  expected: (table) =>
    of.from
      .map((name) => columns(`${of.day} as day, null::varchar as reason, hash(${of.hash}) as h`, table(name)))
      .join(' union all '),
  found: (table) => columns(`${of.day} as day, hash(${of.hash}) as h`, table(of.object)),
});

const observed = (source: SourceName, object: string, from: Readonly<Record<string, string>>): ModelAccount => ({
  hop: 'bronze-silver',
  source,
  object,
  roots: Object.keys(from),
  expected: (table) =>
    Object.entries(from)
      .map(([name, prefix]) =>
        columns(
          `${utcDay('ingest_at')} as day, case when position > 1 then 'received again at the same instant' when _deleted then 'missing from the listing' end as reason,
           hash('${prefix}' || _key, ingest_at, device_name, os_version) as h`,
          `(select *, row_number() over (partition by _key, ingest_at order by _page desc, _hash) as position from ${table(name)})`,
        ),
      )
      .join(' union all '),
  found: (table) =>
    columns(`${utcDay('ingest_at')} as day, hash(record_id, observed_at, device_name, os_version) as h`, table(object)),
});

const signIn = `(event_type in ('user.session.start', 'user.session.end', 'user.account.lock', 'policy.evaluate_sign_on') or starts_with(event_type, 'user.authentication.'))`;
const authentication = `(event_category = 'authentication' or event_category like '%"authentication"%')`;

/** A state is with its device, or parked until there is one; never both, never neither. */
const policyStates = (object: string, reason: string): ModelAccount => ({
  hop: 'bronze-silver',
  source: 'intune',
  object,
  roots: ['intune__device_policy_states', 'intune__managed_devices'],
  expected: (table) =>
    columns(
      `${utcDay('ingest_at')} as day, case when position > 1 then 'superseded by a newer version' when _deleted then 'missing from the listing' ${reason} end as reason,
       hash(_key, device_id, state) as h`,
      `(select *, coalesce(device_id in (select _key from ${table('intune__managed_devices')}), false) as is_known, ${lastOfKey} as position
        from ${table('intune__device_policy_states')})`,
    ),
  found: (table) => columns(`${utcDay('ingest_at')} as day, hash(state_id, device_id, state) as h`, table(object)),
});

/** Streams whose listings are complete: what they have no more is in the census, whatever it is taken for. */
const censused = {
  'okta.users': 'okta__users',
  'okta.groups': 'okta__groups',
  'elasticsearch.indices': 'elasticsearch__indices',
  'intune.managed_devices': 'intune__managed_devices',
  'intune.users': 'intune__users',
  'jamf.computers': 'jamf__computers',
  'jamf.mobile_devices': 'jamf__mobile_devices',
  'jira.issues': 'jira__issue_ids',
  'jira.projects': 'jira__projects',
  'jira.users': 'jira__users',
} as const;

export const modelAccounts: readonly ModelAccount[] = [
  {
    hop: 'bronze-silver',
    source: 'okta',
    object: 'okta_auth_events',
    roots: ['okta__log'],
    instants: { okta__log: 'published', okta_auth_events: 'occurred_at' },
    expected: (table) =>
      columns(
        `${utcDay('coalesce(published, ingest_at)')} as day, case when _deleted then 'deleted' when not coalesce(${signIn}, false) then 'filtered: no sign-in event'
         when published is null then 'filtered: no instant' end as reason,
         hash(uuid, published, event_type, coalesce(outcome_result, 'UNKNOWN'), outcome_reason, client_ip) as h`,
        table('okta__log'),
      ),
    found: (table) =>
      columns(
        `${utcDay('occurred_at')} as day, hash(event_id, occurred_at, event_type, outcome, reason, client_ip) as h`,
        table('okta_auth_events'),
      ),
  },
  {
    hop: 'bronze-silver',
    source: 'elasticsearch',
    object: 'elastic_auth_events',
    roots: ['elasticsearch__auth_logs'],
    instants: { elasticsearch__auth_logs: 'timestamp', elastic_auth_events: 'occurred_at' },
    expected: (table) =>
      columns(
        `${utcDay('coalesce(timestamp, ingest_at)')} as day, case when _deleted then 'deleted' when not coalesce(${authentication}, false) then 'filtered: no authentication'
         when timestamp is null then 'filtered: no instant' end as reason,
         hash(index || '/' || id, timestamp, upper(coalesce(nullif(event_outcome, ''), 'unknown')), source_ip) as h`,
        table('elasticsearch__auth_logs'),
      ),
    found: (table) =>
      columns(
        `${utcDay('occurred_at')} as day, hash(event_id, occurred_at, outcome, client_ip) as h`,
        table('elastic_auth_events'),
      ),
  },
  {
    hop: 'bronze-silver',
    source: 'okta',
    object: 'okta_users',
    roots: ['okta__users'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when _deleted then 'missing from the listing' when position > 1 then 'superseded by a newer version' end as reason,
         hash(id, created, lower(trim(login))) as h`,
        `(select *, ${newest('ingest_at desc, last_updated desc nulls last, _page desc')} as position from ${table('okta__users')})`,
      ),
    found: (table) =>
      columns(`${utcDay('ingest_at')} as day, hash(okta_user_id, created_at, login) as h`, table('okta_users')),
  },
  {
    hop: 'bronze-silver',
    source: 'okta',
    object: 'okta_factors',
    roots: ['okta__factors'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when position > 1 then 'superseded by a newer version' when _deleted then 'missing from the listing'
         when factor_type is null then 'filtered: no type' end as reason, hash(user_id, id, factor_type) as h`,
        `(select *, ${lastOfKey} as position from ${table('okta__factors')})`,
      ),
    found: (table) =>
      columns(`${utcDay('ingest_at')} as day, hash(okta_user_id, factor_id, factor_type) as h`, table('okta_factors')),
  },
  policyStates('device_policy_states', `when not is_known then 'parked: its device is not known yet'`),
  policyStates('parked_device_states', `when is_known then 'its device is known'`),
  {
    hop: 'bronze-silver',
    source: null,
    object: 'source_deletions',
    roots: Object.values(censused),
    expected: (table) =>
      Object.entries(censused)
        .map(([stream, name]) =>
          columns(
            `${utcDay('ingest_at')} as day, case when position > 1 then 'superseded by a newer version' when not _deleted then 'still listed' end as reason, hash('${stream}', _key) as h`,
            `(select *, ${lastOfKey} as position from ${table(name)})`,
          ),
        )
        .join(' union all '),
    found: (table) => columns(`${utcDay('gone_at')} as day, hash(stream, record_key) as h`, table('source_deletions')),
  },
  observed('intune', 'intune_observations', { intune__managed_devices: 'intune/' }),
  observed('jamf', 'jamf_observations', { jamf__computers: 'jamf/computer-', jamf__mobile_devices: 'jamf/mobile-' }),
  {
    hop: 'bronze-silver',
    source: 'jira',
    object: 'jira_issues',
    roots: ['jira__issues'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when _deleted then 'missing from the listing' when position > 1 then 'superseded by a newer version' end as reason,
         hash(id, key, created, status_id) as h`,
        `(select *, ${newest('updated desc nulls last, ingest_at desc, _page desc')} as position from ${table('jira__issues')})`,
      ),
    found: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, hash(issue_id, issue_key, created_at, status_id) as h`,
        table('jira_issues'),
      ),
  },
  {
    hop: 'bronze-silver',
    source: 'jira',
    object: 'jira_people',
    roots: ['jira__users'],
    expected: (table) =>
      columns(
        `${utcDay('ingest_at')} as day, case when position > 1 then 'superseded by a newer version' when _deleted then 'missing from the listing'
         when coalesce(trim(email_address), '') = '' then 'filtered: no visible e-mail' end as reason, hash(account_id, lower(trim(email_address))) as h`,
        `(select *, ${lastOfKey} as position from ${table('jira__users')})`,
      ),
    found: (table) => columns(`${utcDay('ingest_at')} as day, hash(account_id, email) as h`, table('jira_people')),
  },
  {
    hop: 'bronze-silver',
    source: 'jira',
    object: 'jira_transitions',
    roots: ['jira__changelogs', 'jira__issues'],
    expected: (table) =>
      columns(
        `${utcDay('created')} as day, case when _deleted then 'deleted' when position > 1 then 'superseded by a newer version'
         when field is distinct from 'status' or "to" is null then 'filtered: no change of status'
         when issue_id not in (select id from ${table('jira__issues')} where not _deleted) then 'filtered: its issue was never seen' end as reason,
         hash(concat_ws('-', issue_id, id, item), created, "from", "to") as h`,
        `(select * exclude (items, changes), unnest(changes, max_depth := 2), generate_subscripts(changes, 1) as item from (
           select *, from_json(items, '[{"field":"VARCHAR","from":"VARCHAR","to":"VARCHAR"}]') as changes,
             row_number() over (partition by issue_id, id, _deleted order by ingest_at, _page) as position from ${table('jira__changelogs')}))`,
      ),
    found: (table) =>
      columns(
        `${utcDay('occurred_at')} as day, hash(transition_id, occurred_at, from_status, to_status) as h`,
        table('jira_transitions'),
      ),
  },
  {
    hop: 'bronze-silver',
    source: 'okta',
    object: 'persons',
    roots: ['okta__users'],
    expected: (table) =>
      columns(
        `'merged' as day, case when position > 1 then 'merged: another account of the person' end as reason, hash(user_key) as h`,
        `(select user_key, row_number() over (partition by user_key) as position from ${table('okta_users')})`,
      ),
    found: (table) =>
      columns(
        `'merged' as day, hash(user_key) as h`,
        `(select * from ${table('persons')} where okta_user_id is not null)`,
      ),
  },
  oneToOne({
    source: null,
    object: 'fact_auth_event',
    roots: ['okta__log', 'elasticsearch__auth_logs'],
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
    from: ['jira_transitions'],
    hash: 'transition_id, issue_id, occurred_at, from_status, to_status',
    day: utcDay('occurred_at'),
  }),
  oneToOne({
    source: 'jira',
    object: 'fact_issue',
    roots: ['jira__issues', 'jira__issue_ids'],
    from: ['jira_issues'],
    hash: 'issue_id, issue_key, project_id, created_at, updated_at, status',
    day: utcDay('created_at'),
  }),
  oneToOne({
    source: null,
    object: 'fact_device_state',
    roots: ['intune__managed_devices', 'jamf__computers', 'jamf__mobile_devices'],
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
];
