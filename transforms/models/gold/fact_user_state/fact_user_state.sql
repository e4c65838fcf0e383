-- MFA state at the end of each day, replayed: the last event before it decides; before the first event the opposite of what that one set.
with
persons as (select * from {{ ref('persons') }}),
accounts as (select * from {{ ref('okta_users') }}),
factors as (select * from {{ ref('okta_factors') }}),
changes as (select * from {{ ref('okta_account_events') }}),
factor_versions as (select * from {{ source('okta', 'factors') }}),
log_start as (select * from {{ ref('okta_log_start') }}),
users as (
  select
    persons.user_key,
    persons.department,
    accounts.*
      exclude (user_key, department),
    greatest(
      cast(coalesce(accounts.created_at, (select max(started_at) from log_start)) at time zone {{ var('time_zone') }} as date),
      (select cast(max(started_at) at time zone {{ var('time_zone') }} as date) from log_start)
    ) as first_on
  from persons
  join accounts on accounts.okta_user_id = persons.okta_user_id
),
days as (
  select
    unnest(generate_series(
      (select min(first_on) from users)::timestamp,
      cast({{ var('as_of') }} at time zone {{ var('time_zone') }} as date)::timestamp,
      interval 1 day
    ))::date as state_on,
    least((state_on + 1)::timestamp at time zone {{ var('time_zone') }}, {{ var('as_of') }}) as ends_at
),
user_days as (
  select users.okta_user_id, days.state_on, days.ends_at
  from users
  join days on days.state_on >= users.first_on
),
-- Account: on and off by the log.
account_changes as (
  select okta_user_id, occurred_at, turned_on
  from changes
  where subject = 'account'
  qualify row_number() over (partition by okta_user_id, occurred_at order by event_id desc) = 1
),
account_starts as (
  select okta_user_id, not arg_min(turned_on, occurred_at) as was_on
  from account_changes
  group by okta_user_id
),
account_days as (
  select user_days.okta_user_id, user_days.state_on, account_changes.turned_on
  from user_days
  asof left join account_changes
    on user_days.okta_user_id = account_changes.okta_user_id
    and user_days.ends_at > account_changes.occurred_at
),
-- Factors: the same, one line per account and type of factor.
types as (
  select okta_user_id, factor_type, min(created_at) filter (where is_active) as active_since
  from factors
  group by all
  union
  select distinct okta_user_id, factor_type, null::timestamptz
  from changes
  where subject = 'factor'
),
lines as (
  select
    types.okta_user_id,
    types.factor_type,
    min(types.active_since) as active_since,
    arg_min(changes.turned_on, (changes.occurred_at, changes.event_id)) as first_turned_on
  from types
  left join changes
    on changes.okta_user_id = types.okta_user_id
    and changes.factor_type = types.factor_type
    and changes.subject = 'factor'
  group by all
),
factor_changes as (
  select okta_user_id, factor_type, occurred_at, turned_on
  from (
    select okta_user_id, factor_type, occurred_at, turned_on, event_id
    from changes
    where subject = 'factor'
    union all
    select lines.okta_user_id, lines.factor_type, changes.occurred_at, false, changes.event_id
    from changes
    join lines using (okta_user_id)
    where changes.subject = 'factors'
    union all
    -- A factor of which the log says nothing is on since it was enrolled.
    select okta_user_id, factor_type, active_since, true, ''
    from lines
    where first_turned_on is null and active_since is not null
  )
  qualify row_number() over (partition by okta_user_id, factor_type, occurred_at order by event_id desc) = 1
),
factor_days as (
  select
    line_days.okta_user_id,
    line_days.state_on,
    line_days.factor_type,
    coalesce(factor_changes.turned_on, not line_days.first_turned_on, false) as is_on
  from (
    select user_days.*, lines.factor_type, lines.first_turned_on
    from user_days
    join lines using (okta_user_id)
  ) as line_days
  asof left join factor_changes
    on line_days.okta_user_id = factor_changes.okta_user_id
    and line_days.factor_type = factor_changes.factor_type
    and line_days.ends_at > factor_changes.occurred_at
),
proofs as (
  select
    okta_user_id,
    state_on,
    bool_or(
      factor_type in (
        'push', 'sms', 'call', 'token', 'token:software:totp', 'token:hotp', 'token:hardware', 'web', 'webauthn', 'u2f', 'signed_nonce'
      ) or factor_type like '%smart%'
    ) as is_enrolled,
    bool_or(factor_type in ('webauthn', 'u2f', 'signed_nonce') or factor_type like '%smart%') as is_phishing_resistant
  from factor_days
  where is_on
  group by all
),
states as (
  select
    account_days.state_on,
    users.*,
    coalesce(
      account_days.turned_on,
      account_starts.was_on,
      users.status in ('ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY', 'LOCKED_OUT')
    ) and not users.is_service_account as in_mfa_population,
    case
      when users.is_federated then 'delegated'
      when (select count(*) from factor_versions) = 0 then 'unknown'
      when coalesce(proofs.is_enrolled, false) then 'enrolled'
      else 'not_enrolled'
    end as mfa_state,
    coalesce(proofs.is_phishing_resistant, false) as resists_phishing
  from account_days
  join users using (okta_user_id)
  left join account_starts using (okta_user_id)
  left join proofs
    on proofs.okta_user_id = account_days.okta_user_id
    and proofs.state_on = account_days.state_on
)
select
  state_on,
  user_key,
  department,
  in_mfa_population,
  in_mfa_population and mfa_state = 'enrolled' as is_mfa_enrolled,
  in_mfa_population and mfa_state = 'enrolled' and resists_phishing as is_phishing_resistant,
  mfa_state,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from states
