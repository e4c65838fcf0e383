-- Devices now: the newest day, with what its managing record says.
with
days as (select * from {{ ref('device_days') }}),
records as (select * from {{ ref('device_records') }}),
intune as (select * from {{ ref('intune_observations') }}),
jamf as (select * from {{ ref('jamf_observations') }}),
logins as (select * from {{ ref('person_logins') }}),
today as (
  select *
  from days
  where state_on = (select max(state_on) from days)
),
observations as (select * from intune union all select * from jamf),
serials as (
  select device_key, max(serial_number) as serial_number
  from records
  group by device_key
)
select
  today.device_key,
  serials.serial_number,
  observations.device_name,
  today.platform,
  observations.os_version,
  today.ownership,
  today.managed_by,
  split_part(today.intune_record_id, '/', 2) as intune_device_id,
  split_part(today.jamf_record_id, '/', 2) as jamf_device_id,
  logins.user_key,
  coalesce(logins.department, 'unknown') as department,
  today.exclusion_reason is null as in_scope,
  today.exclusion_reason,
  today.compliance_state,
  today.compliance_reason,
  today.verdict_conflict,
  today.record_count,
  observations.is_encrypted,
  observations.enrolled_at,
  today.last_check_in_at,
  today.last_inventory_at,
  today.tenant_id,
  today.org_id,
  today.source_system,
  today.ingest_at
from today
join serials on serials.device_key = today.device_key
join observations
  on observations.record_id = case today.managed_by when 'jamf' then today.jamf_record_id else today.intune_record_id end
  and observations.observed_at = today.observed_at
left join logins on logins.login = today.login
