-- Sign-in attempts with their outcome. The rules are numbered as in the definition of the login failure rate; the first that holds decides.
{{ config(kind='merge') }}
with
okta_events as (select * from {{ added('okta_auth_events') }}),
elastic_events as (select * from {{ added('elastic_auth_events') }}),
logins as (select * from {{ ref('person_logins') }}),
-- Who signed in since the last build. Nearly every attempt lasts under a day, and one outcome looks at the next ten minutes.
touched as (
  select login, min(occurred_at) - interval 25 hour as recent_from
  from (
    select coalesce(actor_login, '') as login, occurred_at from okta_events where is_attempt
    union all
    select coalesce(actor_login, ''), occurred_at from elastic_events where is_attempt
  )
  group by login
),
{% if is_incremental() %}
edge as (select min(recent_from) - interval 25 hour as read_from from touched),
-- Attempts that new events belong to, however long ago they began.
renewed as (
  select distinct attempt_id
  from {{ ref('auth_attempt_events') }}
  where
    occurred_at >= (select read_from from edge)
    and event_id in (select event_id from okta_events union all select event_id from elastic_events)
),
-- Attempts that reach over the edge of what is read: a session may last for days.
long as (
  select known.attempt_id, known.started_at
  from {{ this() }} as known
  join touched on touched.login = coalesce(known.actor_login, '')
  where
    known.started_at < touched.recent_from - interval 25 hour
    and (
      known.ended_at >= touched.recent_from - interval 25 hour
      or known.attempt_id in (select attempt_id from renewed)
    )
),
{% endif %}
read_events as (
  select attempt_events.*
  from {{ ref('auth_attempt_events') }} as attempt_events
  {% if is_incremental() %}
  join touched on touched.login = coalesce(attempt_events.actor_login, '')
  where
    attempt_events.occurred_at >= touched.recent_from - interval 25 hour
    and attempt_events.occurred_at >= (select read_from from edge)
  union all
  select attempt_events.*
  from {{ ref('auth_attempt_events') }} as attempt_events
  join touched on touched.login = coalesce(attempt_events.actor_login, '')
  where
    attempt_events.occurred_at < touched.recent_from - interval 25 hour
    and attempt_events.occurred_at >= (select min(started_at) from long)
    and attempt_events.attempt_id in (select attempt_id from long)
  {% endif %}
),
events as (
  -- Without what only tells an event from others: a window carries all that it is given.
  select
    * exclude (event_id, occurred_on, chain),
    row_number() over (partition by attempt_id order by occurred_at, event_id) as position
  from read_events
),
attempts as (
  select
    attempt_id,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    any_value(actor_login) as actor_login,
    arg_min(client_ip, position) filter (where position = 1) as client_ip,
    arg_min(country, position) filter (where position = 1) as country,
    count(*)::integer as event_count,
    source_system = 'elasticsearch' as is_document,
    any_value(outcome) as document_outcome,
    bool_or(event_type = 'user.authentication.verify' and outcome = 'SUCCESS') as is_verified,
    bool_or(event_type = 'user.session.start' and outcome = 'SUCCESS') as is_session_started,
    min(occurred_at) filter (
      where event_type in ('user.authentication.verify', 'user.session.start') and outcome = 'SUCCESS'
    ) as succeeded_at,
    bool_or(outcome = 'CHALLENGE') as is_challenged,
    bool_or(event_type = 'user.account.lock') as is_locked,
    max_by(outcome, position) filter (where event_type = 'policy.evaluate_sign_on') as policy_outcome,
    max_by(struct_pack(reason := reason), position) filter (where event_type = 'policy.evaluate_sign_on') as policy_answer,
    max_by(struct_pack(reason := reason), position) filter (where event_type = 'user.account.lock') as lock,
    max_by(
      struct_pack(at := occurred_at, type := event_type, factor := factor, class := factor_class, reason := reason),
      position
    ) filter (where outcome = 'FAILURE') as last_failure,
    coalesce(
      min(position) filter (where event_type = 'user.session.start' and outcome = 'SUCCESS')
      < coalesce(
        min(position) filter (where starts_with(event_type, 'user.authentication.auth_via_') and outcome = 'SUCCESS'),
        1000000000
      ),
      false
    ) as is_first_factor_verified,
    list(distinct factor_class) filter (
      where event_type = 'user.authentication.auth_via_mfa' and outcome = 'SUCCESS' and factor_class is not null
    ) as verified_classes,
    count(*) filter (where event_type = 'user.session.start' and outcome = 'SUCCESS' and source_system = 'okta')::integer as session_start_success,
    count(*) filter (where event_type = 'user.session.start' and outcome = 'FAILURE' and source_system = 'okta')::integer as session_start_failure,
    tenant_id,
    any_value(org_id) as org_id,
    source_system,
    max(ingest_at) as ingest_at
  from events
  group by attempt_id, tenant_id, source_system
),
succeeded as (
  select
    *,
    coalesce(actor_login, '') as login,
    not is_document and (is_verified or (is_session_started and not is_challenged)) as is_success
  from attempts
),
successes as (select login, succeeded_at from succeeded where is_success),
failed as (select attempt_id, login, last_failure.at as failed_at from succeeded where last_failure is not null),
-- The first success of the login after the attempt's last failure; an attempt that is not a success has none of its own that counts.
corrections as (
  select failed.attempt_id, successes.succeeded_at as corrected_at
  from failed
  asof join successes
    on failed.login = successes.login
    and failed.failed_at < successes.succeeded_at
),
corrected as (select * from succeeded left join corrections using (attempt_id)),
decided as (
  select
    *,
    case
      when is_document then case document_outcome when 'SUCCESS' then 'success' when 'FAILURE' then 'failure' else 'none' end
      when is_success then 'success'
      when policy_outcome = 'DENY' then 'denied'
      when last_failure is not null and coalesce(epoch_ms(corrected_at) - epoch_ms(last_failure.at) > 600000, true) then 'failure'
      when is_challenged and last_failure is null and not is_locked then 'abandoned'
      when is_locked then 'locked'
      else 'none'
    end as outcome,
    case when is_document then [] else list_distinct(
      list_concat(coalesce(verified_classes, []), case when is_first_factor_verified then ['knowledge'] else [] end)
    ) end as classes
  from corrected
  {% if is_incremental() %}
  join touched using (login)
  -- Earlier attempts may be cut off at the edge of what was read, and nothing of theirs can have changed.
  where started_at >= touched.recent_from or attempt_id in (select attempt_id from renewed)
  {% endif %}
),
named as (
  select
    decided.*,
    logins.user_key,
    logins.user_key is not null as is_known_user,
    coalesce(logins.department, 'unknown') as department
  from decided
  left join logins on logins.login = decided.actor_login
)
select
  attempt_id,
  started_at,
  ended_at,
  cast(started_at at time zone {{ var('time_zone') }} as date) as started_on,
  outcome,
  case
    when is_document then null
    when outcome = 'failure' then last_failure.reason
    when outcome = 'denied' then policy_answer.reason
    when outcome = 'locked' then coalesce(lock.reason, 'LOCKED_OUT')
  end as reason,
  case
    when outcome = 'denied' then 'policy'
    when outcome = 'locked' then 'first_factor'
    when outcome = 'failure' and is_document then 'first_factor'
    when outcome = 'failure' then
      case
        when last_failure.type = 'user.authentication.verify' then 'second_factor'
        when last_failure.type = 'user.authentication.auth_via_mfa'
          and last_failure.factor is not null
          and last_failure.class is distinct from 'knowledge' then 'second_factor'
        else 'first_factor'
      end
  end as stage,
  user_key,
  actor_login,
  is_known_user,
  department,
  client_ip,
  country,
  event_count,
  len(classes)::integer as factor_class_count,
  len(classes) >= 2 as used_mfa,
  session_start_success,
  session_start_failure,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from named
{% if is_incremental() and is_changed('person_logins') %}
-- Attempts of old whose login has come to be somebody else's, or whose person moved to another department.
union all by name
select
  known.* exclude (user_key, is_known_user, department),
  logins.user_key,
  logins.user_key is not null as is_known_user,
  coalesce(logins.department, 'unknown') as department
from {{ this() }} as known
left join logins on logins.login = known.actor_login
where
  (known.user_key, known.department) is distinct from (logins.user_key, coalesce(logins.department, 'unknown'))
  and known.attempt_id not in (select attempt_id from named)
{% endif %}
