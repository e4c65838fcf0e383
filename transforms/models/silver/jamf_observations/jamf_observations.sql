-- Every version of a Jamf record with the verdict of our rules: Jamf itself has no flag. A value that is missing or was not collected skips its rule.
with
computer_versions as (select * from {{ source('jamf', 'computers') }}),
mobile_versions as (select * from {{ source('jamf', 'mobile_devices') }}),
computers as (
  select
    'jamf/computer-' || _key as record_id,
    serial_number,
    device_name,
    'macos' as platform,
    os_version,
    'corporate' as ownership,
    email,
    username,
    managed,
    report_date as inventory_at,
    greatest(last_check_in, last_contact) as check_in_at,
    enrolled_at,
    case
      when file_vault2_status in ('ALL_ENCRYPTED', 'BOOT_ENCRYPTED') then true
      when file_vault2_status in ('NOT_ENCRYPTED', 'SOME_ENCRYPTED') then false
      when coalesce(file_vault2_status, 'NOT_APPLICABLE') = 'NOT_APPLICABLE' then file_vault2_enabled
    end as is_encrypted,
    14 as least_os,
    case
      when file_vault2_status in ('NOT_ENCRYPTED', 'SOME_ENCRYPTED') then 'filevault'
      when coalesce(file_vault2_status, 'NOT_APPLICABLE') = 'NOT_APPLICABLE' and not file_vault2_enabled then 'filevault'
    end as filevault,
    case when gatekeeper_status = 'DISABLED' then 'gatekeeper' end as gatekeeper,
    tenant_id, org_id, source_system, ingest_at, _page, _hash, _deleted
  from computer_versions
),
mobiles as (
  select
    'jamf/mobile-' || _key as record_id,
    serial_number,
    device_name,
    case when device_type = 'tvOS' then 'other' else 'ios' end as platform,
    os_version,
    case
      when ownership in ('Institutional', 'AccountDrivenDeviceEnrollment') then 'corporate'
      when ownership is null then 'unknown'
      else 'personal'
    end as ownership,
    email,
    username,
    managed,
    last_inventory_update as inventory_at,
    last_contact as check_in_at,
    enrolled_at,
    data_protected as is_encrypted,
    case when device_type = 'tvOS' then null else 17 end as least_os,
    null as filevault,
    null as gatekeeper,
    tenant_id, org_id, source_system, ingest_at, _page, _hash, _deleted
  from mobile_versions
),
versions as (
  select *
  from (select * from computers union all select * from mobiles)
  -- Of versions received at one instant, as from a run that was done again, the last holds.
  qualify row_number() over (partition by record_id, ingest_at order by _page desc, _hash) = 1
),
observed as (
  select
    *,
    case when lead(_deleted) over later then lead(ingest_at) over later end as gone_at,
    upper(trim(serial_number)) as serial,
    case when try_cast(split_part(os_version, '.', 1) as integer) < least_os then 'os_version' end as os_rule,
    nullif(concat_ws(',', os_rule, filevault, gatekeeper), '') as failing_rules
  from versions
  window later as (partition by record_id order by ingest_at, _page)
)
select
  record_id,
  ingest_at as observed_at,
  gone_at,
  case
    when serial not in ('', '0', 'NONE', 'N/A', 'UNKNOWN', 'DEFAULT STRING', 'SYSTEM SERIAL NUMBER', 'TO BE FILLED BY O.E.M.') then serial
  end as serial_number,
  device_name,
  platform,
  os_version,
  ownership,
  lower(coalesce(nullif(trim(email), ''), nullif(trim(username), ''))) as login,
  false as is_partner_managed,
  case when managed = false then 'unmanaged' else 'managed' end as standing,
  case when failing_rules is null then 'compliant' else 'noncompliant' end as verdict,
  failing_rules as verdict_reason,
  inventory_at as fresh_at,
  check_in_at,
  inventory_at,
  enrolled_at,
  is_encrypted,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from observed
where not _deleted
