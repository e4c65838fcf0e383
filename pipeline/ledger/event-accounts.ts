// Accounts of the models that are made of events: sign-ins, changes of accounts, and what belongs to an attempt.
import { columns, type ModelAccount, utcDay } from './account.ts';

const signIn = `(event_type in ('user.session.start', 'user.session.end', 'user.account.lock', 'policy.evaluate_sign_on') or starts_with(event_type, 'user.authentication.'))`;
const authentication = `(event_category = 'authentication' or event_category like '%"authentication"%')`;

const lifecycle = [
  'activate',
  'unsuspend',
  'create',
  'suspend',
  'deactivate',
  'reactivate',
  'delete.initiated',
  'delete.completed',
];
const mfa = ['activate', 'unsuspend', 'deactivate', 'suspend', 'reset_all'];
const accountChange = `event_type in (${[...lifecycle.map((one) => `'user.lifecycle.${one}'`), ...mfa.map((one) => `'user.mfa.factor.${one}'`)].join(', ')})`;

export const eventAccounts: readonly ModelAccount[] = [
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
    object: 'okta_account_events',
    roots: ['okta__log'],
    instants: { okta__log: 'published', okta_account_events: 'occurred_at' },
    expected: (table) =>
      columns(
        `${utcDay('coalesce(published, ingest_at)')} as day, case when _deleted then 'deleted' when not coalesce(${accountChange}, false) then 'filtered: no change of an account or factor'
         when outcome_result is distinct from 'SUCCESS' then 'filtered: it did not succeed' when person is null then 'filtered: no account is named'
         when contains(event_type, '.mfa.') and event_type <> 'user.mfa.factor.reset_all' and factor is null then 'filtered: no factor is named'
         when position > 1 then 'received again' end as reason, hash(uuid, published, person, contains(event_type, 'activate') and not contains(event_type, 'deactivate') and not contains(event_type, 'reactivate') or contains(event_type, 'unsuspend')) as h`,
        `(select *, row_number() over (partition by uuid, _deleted order by ingest_at, _page) as position,
           list_filter(from_json(targets, '[{"id":"VARCHAR","type":"VARCHAR"}]'), lambda one: one.type = 'User')[1].id as person from ${table('okta__log')})`,
      ),
    found: (table) =>
      columns(
        `${utcDay('coalesce(occurred_at, ingest_at)')} as day, hash(event_id, occurred_at, okta_user_id, turned_on) as h`,
        table('okta_account_events'),
      ),
  },
  {
    hop: 'bronze-silver',
    source: null,
    object: 'auth_attempt_events',
    roots: ['okta__log', 'elasticsearch__auth_logs'],
    instants: {
      okta_auth_events: 'occurred_at',
      elastic_auth_events: 'occurred_at',
      auth_attempt_events: 'occurred_at',
    },
    expected: (table) =>
      ['okta_auth_events', 'elastic_auth_events']
        .map((name) =>
          columns(
            `${utcDay('occurred_at')} as day, case when not coalesce(is_attempt, false) then 'filtered: no part of an attempt' end as reason,
             hash(event_id, occurred_at, outcome, actor_login, client_ip) as h`,
            table(name),
          ),
        )
        .join(' union all '),
    found: (table) =>
      columns(
        `${utcDay('occurred_at')} as day, hash(event_id, occurred_at, outcome, actor_login, client_ip) as h`,
        table('auth_attempt_events'),
      ),
  },
];
