-- Which attempt each event belongs to. Session and transaction name it; without either, events of one login and address with gaps under ten minutes are one attempt.
{{ config(kind='merge') }}
with
okta_events as (select * from {{ added('okta_auth_events') }}),
elastic_events as (select * from {{ added('elastic_auth_events') }}),
events as (
  select
    event_id, occurred_at, event_type, outcome, reason, actor_login, client_ip, country, factor, factor_class,
    coalesce(chain, 'ip:' || coalesce(client_ip, '')) as chain,
    chain is null as by_address,
    tenant_id, org_id, source_system, ingest_at
  from okta_events
  where is_attempt
  union all
  select
    event_id, occurred_at, event_type, outcome, null, actor_login, client_ip, country, null, null,
    'document:' || event_id,
    false,
    tenant_id, org_id, source_system, ingest_at
  from elastic_events
  where is_attempt
),
-- Few events are without session and transaction: only they must be put in order.
by_address as (
  select * exclude (by_address), null as carried_attempt_id from events where by_address
),
{% if is_incremental() %}
-- The last event so far of each address that new events come from, so that they go on with its attempt.
carried as (
  select
    event_id, occurred_at, event_type, outcome, reason, actor_login, client_ip, country, factor, factor_class, chain,
    tenant_id, org_id, source_system, ingest_at,
    attempt_id as carried_attempt_id
  from {{ this() }}
  where
    starts_with(chain, 'ip:')
    and (coalesce(actor_login, ''), chain) in (select (coalesce(actor_login, ''), chain) from by_address)
  qualify row_number() over (partition by actor_login, chain order by occurred_at desc, event_id desc) = 1
),
in_order as (
  select * from carried
  union all by name
  select * from by_address where event_id not in (select event_id from carried)
),
{% else %}
in_order as (select * from by_address),
{% endif %}
gaps as (
  select *, epoch_ms(occurred_at) - coalesce(epoch_ms(lag(occurred_at) over same), 0) >= 600000 as starts
  from in_order
  window same as (partition by actor_login, chain order by occurred_at, event_id)
),
numbered as (
  select
    *,
    sum(starts::integer) over (partition by actor_login, chain order by occurred_at, event_id rows unbounded preceding) as nth
  from gaps
),
named as (
  select
    * exclude (starts, nth, carried_attempt_id),
    first(event_id) over attempt as first_event_id,
    first(carried_attempt_id) over attempt as first_attempt_id
  from numbered
  window attempt as (partition by actor_login, chain, nth order by occurred_at, event_id)
  union all by name
  select * exclude (by_address) from events where not by_address
)
select
  event_id,
  coalesce(
    first_attempt_id,
    left(md5(concat_ws('|', tenant_id, 'attempt', coalesce(actor_login, ''), chain, first_event_id)), 16)
  ) as attempt_id,
  occurred_at,
  cast(occurred_at at time zone {{ var('time_zone') }} as date) as occurred_on,
  event_type,
  outcome,
  reason,
  actor_login,
  client_ip,
  country,
  factor,
  factor_class,
  chain,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from named
