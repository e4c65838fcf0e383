{{ config(unique_key='attempt_id', incremental_strategy='delete+insert') }}
-- Attempts with their outcome, by the same rules; an increment builds all attempts of the logins that have new events again.
with events as (
  select * from {{ ref('auth_events') }}
  {% if is_incremental() %}
  where coalesce(actor_login, '') in (
    select coalesce(actor_login, '') from {{ ref('auth_events') }}
    where load_id > (select max(load_id) from {{ this }})
  )
  {% endif %}
),
gaps as (
  select *, starts_with(chain, 'ip:')
    and epoch_ms(occurred_at) - coalesce(epoch_ms(lag(occurred_at) over same), 0) >= 600000 as starts
  from events window same as (partition by actor_login, chain order by occurred_at, event_id)
),
numbered as (
  select *, sum(starts::integer) over (partition by actor_login, chain order by occurred_at, event_id rows unbounded preceding) as nth
  from gaps
),
named as (
  select *, md5(concat_ws('|', coalesce(actor_login, ''), chain,
    case when starts_with(chain, 'ip:') then first(event_id) over (partition by actor_login, chain, nth order by occurred_at, event_id) end)) as attempt_id
  from numbered
),
attempts as (
  select
    attempt_id,
    any_value(actor_login) as actor_login,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    arg_min(country, (occurred_at, event_id)) as country,
    bool_or(event_type = 'user.authentication.verify' and outcome = 'SUCCESS')
      or (bool_or(event_type = 'user.session.start' and outcome = 'SUCCESS') and not bool_or(outcome = 'CHALLENGE')) as is_success,
    min(occurred_at) filter (where event_type in ('user.authentication.verify', 'user.session.start') and outcome = 'SUCCESS') as succeeded_at,
    bool_or(outcome = 'CHALLENGE') as is_challenged,
    bool_or(event_type = 'user.account.lock') as is_locked,
    arg_max(outcome, (occurred_at, event_id)) filter (where event_type = 'policy.evaluate_sign_on') as policy_outcome,
    max(occurred_at) filter (where outcome = 'FAILURE') as failed_at,
    max(load_id) as load_id
  from named
  group by attempt_id
),
successes as (select coalesce(actor_login, '') as login, succeeded_at from attempts where is_success),
corrected as (
  select a.*, s.succeeded_at as corrected_at
  from (select *, coalesce(actor_login, '') as login from attempts) as a
  asof left join successes as s on a.login = s.login and a.failed_at < s.succeeded_at
)
select
  attempt_id, actor_login, started_at, ended_at, country, load_id,
  cast(started_at at time zone 'America/New_York' as date) as started_on,
  case
    when is_success then 'success'
    when policy_outcome = 'DENY' then 'denied'
    when failed_at is not null and coalesce(epoch_ms(corrected_at) - epoch_ms(failed_at) > 600000, true) then 'failure'
    when is_challenged and failed_at is null and not is_locked then 'abandoned'
    when is_locked then 'locked'
    else 'none'
  end as outcome
from corrected
