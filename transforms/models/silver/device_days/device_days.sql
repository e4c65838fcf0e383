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
    cast(gone_at at time zone {{ var('time_zone') }} as date) as gone_on,
    -- Of two records the one with the newest check-in is preferred, then the greater id. The number names the observation as well.
    row_number() over (order by check_in_at nulls first, length(record_id), record_id, observed_at) as preference
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
  select records.record_id, records.device_key, days.state_on
  from days
  join records on records.first_seen_on <= days.state_on
),
states as (
  select
    record_days.device_key,
    record_days.state_on,
    observations.system,
    observations.preference,
    observations.check_in_at,
    observations.inventory_at,
    observations.ingest_at,
    coalesce(observations.gone_on <= record_days.state_on, false) as is_gone
  from record_days
  asof join observations
    on record_days.record_id = observations.record_id
    and record_days.state_on >= observations.observed_on
),
-- Records that a listing no longer holds count only where none is left.
retired as (
  select device_key, state_on
  from states
  group by all
  having bool_and(is_gone)
),
counted as (
  select * from states where not is_gone
  union all
  select * from states semi join retired using (device_key, state_on)
),
device_days as (
  select
    device_key,
    state_on,
    bool_and(is_gone) as is_retired,
    max(preference) filter (where system = 'intune') as intune_preference,
    max(preference) filter (where system = 'jamf') as jamf_preference,
    count(*)::integer as record_count,
    max(check_in_at) as last_check_in_at,
    max(inventory_at) as last_inventory_at,
    max(ingest_at) as ingest_at
  from counted
  group by all
),
verdicts as (
  select
    device_days.*,
    days.ends_at,
    intune_one.record_id as intune_record_id,
    jamf_one.record_id as jamf_record_id,
    jamf_one.record_id is not null and (intune_one.record_id is null or intune_one.is_partner_managed) as is_jamf,
    case when is_jamf then jamf_one.preference else intune_one.preference end as managing,
    coalesce(intune_one.login, jamf_one.login) as any_login,
    -- A verdict is good for 30 days; one without a date is not.
    case when epoch_ms(days.ends_at) - epoch_ms(intune_one.fresh_at) <= 30 * 86400000::bigint then intune_one.verdict end as intune_verdict,
    case when epoch_ms(days.ends_at) - epoch_ms(jamf_one.fresh_at) <= 30 * 86400000::bigint then jamf_one.verdict end as jamf_verdict
  from device_days
  join days using (state_on)
  left join observations as intune_one on intune_one.preference = device_days.intune_preference
  left join observations as jamf_one on jamf_one.preference = device_days.jamf_preference
)
select
  verdicts.state_on,
  verdicts.device_key,
  observations.system as managed_by,
  verdicts.intune_record_id,
  verdicts.jamf_record_id,
  observations.observed_at,
  observations.platform,
  observations.ownership,
  coalesce(observations.login, verdicts.any_login) as login,
  case
    when verdicts.is_retired or observations.standing = 'retired' then 'retired'
    when observations.standing = 'unmanaged' then 'unmanaged'
    when observations.ownership = 'personal' then 'personal'
    when epoch_ms(verdicts.ends_at) - epoch_ms(verdicts.last_check_in_at) > 90 * 86400000::bigint then 'inactive'
  end as exclusion_reason,
  coalesce(if(verdicts.is_jamf, verdicts.jamf_verdict, verdicts.intune_verdict), 'unknown') as compliance_state,
  case
    when if(verdicts.is_jamf, verdicts.jamf_verdict, verdicts.intune_verdict) is null then 'stale'
    else observations.verdict_reason
  end as compliance_reason,
  not verdicts.is_retired
  and coalesce(
    (verdicts.intune_verdict, verdicts.jamf_verdict) in (('compliant', 'noncompliant'), ('noncompliant', 'compliant')),
    false
  ) as verdict_conflict,
  verdicts.record_count,
  verdicts.last_check_in_at,
  verdicts.last_inventory_at,
  observations.tenant_id,
  observations.org_id,
  observations.source_system,
  verdicts.ingest_at
from verdicts
join observations on observations.preference = verdicts.managing
