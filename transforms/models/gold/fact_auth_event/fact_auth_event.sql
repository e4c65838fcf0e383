-- Authentication events of all sources, with person and attempt.
{{ config(kind='merge') }}
with
okta_events as (select * from {{ added('okta_auth_events') }}),
elastic_events as (select * from {{ added('elastic_auth_events') }}),
attempts as (select event_id, occurred_at, occurred_on, attempt_id from {{ ref('auth_attempt_events') }}),
logins as (select * from {{ ref('person_logins') }}),
events as (
  select
    event_id, occurred_at, event_type, outcome, reason, actor_login, client_ip, country, factor, factor_class,
    tenant_id, org_id, source_system, ingest_at
  from okta_events
  union all
  select
    event_id, occurred_at, event_type, outcome, null, actor_login, client_ip, country, null, null,
    tenant_id, org_id, source_system, ingest_at
  from elastic_events
  {% if is_incremental() and is_changed('person_logins') %}
  -- Events of old whose login has come to be somebody else's, or somebody's at all.
  union all
  select
    known.event_id, known.occurred_at, known.event_type, known.outcome, known.reason, known.actor_login, known.client_ip,
    known.country, known.factor, known.factor_class, known.tenant_id, known.org_id, known.source_system, known.ingest_at
  from {{ this() }} as known
  left join logins on logins.login = known.actor_login
  where
    known.user_key is distinct from logins.user_key
    and known.event_id not in (select event_id from okta_events union all select event_id from elastic_events)
  {% endif %}
)
select
  events.event_id,
  events.occurred_at,
  -- Its attempt has told the day already, which costs more than the rest of the row.
  coalesce(attempts.occurred_on, cast(events.occurred_at at time zone {{ var('time_zone') }} as date)) as occurred_on,
  events.event_type,
  events.outcome,
  events.reason,
  logins.user_key,
  events.actor_login,
  events.client_ip,
  events.country,
  events.factor,
  events.factor_class,
  attempts.attempt_id,
  events.tenant_id,
  events.org_id,
  events.source_system,
  events.ingest_at
from events
-- By the instant, too, which is the same: so that of the history only its neighbourhood is read.
left join attempts using (event_id, occurred_at)
left join logins on logins.login = events.actor_login
