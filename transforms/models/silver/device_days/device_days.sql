-- What was known of each device at the end of each day: of each system the record with the newest check-in; the managing system's verdict wins.
with
records as (select * from {{ ref('device_records') }}),
intune as (select * from {{ ref('intune_observations') }}),
jamf as (select * from {{ ref('jamf_observations') }}),
observations as (
  select
    *,
    split_part(record_id, '/', 1) as system,
    cast(observed_at at time zone {{ var('time_zone') }} as date) as observed_on,
    cast(gone_at at time zone {{ var('time_zone') }} as date) as gone_on
  from (select * from intune union all select * from jamf)
  -- Of several versions received in one day, only the last can hold at its end.
  qualify row_number() over (partition by record_id, observed_on order by observed_at desc) = 1
),
days as (
  select
    unnest(generate_series(
      (select min(first_seen_on) from records)::timestamp,
      cast({{ var('as_of') }} at time zone {{ var('time_zone') }} as date)::timestamp,
      interval 1 day
    ))::date as state_on,
    -- The running day ends, for us, at the as-of instant.
    least((state_on + 1)::timestamp at time zone {{ var('time_zone') }}, {{ var('as_of') }}) as ends_at
),
record_days as (
  select records.record_id, records.device_key, days.state_on, days.ends_at
  from days
  join records on records.first_seen_on <= days.state_on
),
states as (
  select
    record_days.device_key,
    record_days.state_on,
    record_days.ends_at,
    observations.*,
    coalesce(observations.gone_on <= record_days.state_on, false) as is_gone,
    coalesce(epoch_ms(record_days.ends_at) - epoch_ms(observations.fresh_at) > 30 * 86400000::bigint, true) as is_stale
  from record_days
  asof join observations
    on record_days.record_id = observations.record_id
    and record_days.state_on >= observations.observed_on
),
-- Records that a listing no longer holds count only where none is left.
counted as (
  select
    *,
    bool_and(is_gone) over device_day as is_retired
  from states
  window device_day as (partition by device_key, state_on)
  qualify not is_gone or is_retired
),
winners as (
  select
    *,
    case when is_stale then 'unknown' else verdict end as state,
    case when is_stale then 'stale' else verdict_reason end as reason,
    count(*) over device_day as records_counted,
    max(check_in_at) over device_day as newest_check_in_at,
    max(inventory_at) over device_day as newest_inventory_at,
    max(ingest_at) over device_day as newest_ingest_at
  from counted
  window device_day as (partition by device_key, state_on)
  qualify row_number() over (
    partition by device_key, state_on, system
    order by check_in_at desc nulls last, length(record_id) desc, record_id desc
  ) = 1
),
paired as (
  select
    winners.*,
    max(record_id) filter (where system = 'intune') over device_day as intune_record_id,
    max(record_id) filter (where system = 'jamf') over device_day as jamf_record_id,
    bool_or(is_partner_managed) over device_day as any_partner_managed,
    count(distinct state) filter (where state in ('compliant', 'noncompliant')) over device_day as verdicts,
    max(login) over device_day as any_login
  from winners
  window device_day as (partition by device_key, state_on)
  qualify system = case when jamf_record_id is not null and (intune_record_id is null or any_partner_managed) then 'jamf' else 'intune' end
)
select
  state_on,
  device_key,
  system as managed_by,
  intune_record_id,
  jamf_record_id,
  observed_at,
  platform,
  ownership,
  coalesce(login, any_login) as login,
  case
    when is_retired or standing = 'retired' then 'retired'
    when standing = 'unmanaged' then 'unmanaged'
    when ownership = 'personal' then 'personal'
    when epoch_ms(ends_at) - epoch_ms(newest_check_in_at) > 90 * 86400000::bigint then 'inactive'
  end as exclusion_reason,
  state as compliance_state,
  reason as compliance_reason,
  not is_retired and verdicts = 2 as verdict_conflict,
  records_counted::integer as record_count,
  newest_check_in_at as last_check_in_at,
  newest_inventory_at as last_inventory_at,
  tenant_id,
  org_id,
  source_system,
  newest_ingest_at as ingest_at
from paired
