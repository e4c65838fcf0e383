-- Every version of an Intune device with its verdict. Only complianceState of managedDevice is read here; Graph's other enums spell these words differently.
with
versions as (
  select *
  from {{ source('intune', 'managed_devices') }}
  -- Of versions received at one instant, as from a run that was done again, the last holds.
  qualify row_number() over (partition by _key, ingest_at order by _page desc, _hash) = 1
),
policy_states as (select * from {{ source('intune', 'device_policy_states') }}),
devices_with_policy as (select distinct device_id from policy_states where not _deleted),
-- Devices that were gone before policy states were first asked for: of them nothing is known.
never_asked as (
  select _key
  from versions
  qualify
    row_number() over (partition by _key order by ingest_at desc, _page desc) = 1
    and _deleted
    and ingest_at <= (select min(ingest_at) from policy_states)
),
observed as (
  select
    *,
    case when lead(_deleted) over later then lead(ingest_at) over later end as gone_at,
    upper(trim(serial_number)) as serial,
    -- By default Intune calls a device compliant that no policy measures.
    compliance_state = 'compliant'
    and (select count(*) from policy_states) > 0
    and _key not in (select _key from never_asked)
    and id not in (select device_id from devices_with_policy)
    and coalesce(policy_count, 0) = 0 as is_unmeasured
  from versions
  window later as (partition by _key order by ingest_at, _page)
)
select
  'intune/' || _key as record_id,
  ingest_at as observed_at,
  gone_at,
  case
    when serial not in ('', '0', 'NONE', 'N/A', 'UNKNOWN', 'DEFAULT STRING', 'SYSTEM SERIAL NUMBER', 'TO BE FILLED BY O.E.M.') then serial
  end as serial_number,
  device_name,
  case
    when operating_system ilike 'windows%' then 'windows'
    when operating_system ilike 'macos%' then 'macos'
    when operating_system ilike 'ios%' or operating_system ilike 'ipados%' then 'ios'
    when operating_system ilike 'android%' then 'android'
    when operating_system ilike 'linux%' then 'linux'
    else 'other'
  end as platform,
  os_version,
  case managed_device_owner_type when 'company' then 'corporate' when 'personal' then 'personal' else 'unknown' end as ownership,
  lower(coalesce(nullif(trim(user_principal_name), ''), nullif(trim(email_address), ''))) as login,
  coalesce(management_agent = 'jamf', false) as is_partner_managed,
  case
    when management_state in ('retirePending', 'retireIssued', 'wipePending', 'wipeIssued', 'deletePending') then 'retired'
    when management_state = 'discovered' then 'unmanaged'
    else 'managed'
  end as standing,
  case
    when is_unmeasured then 'unknown'
    when compliance_state = 'compliant' then 'compliant'
    when compliance_state in ('noncompliant', 'inGracePeriod') then 'noncompliant'
    else 'unknown'
  end as verdict,
  case
    when is_unmeasured then 'no_policy'
    when compliance_state in ('compliant', 'noncompliant') then null
    when compliance_state = 'inGracePeriod' then 'grace'
    when compliance_state in ('conflict', 'error') then compliance_state
    when compliance_state = 'configManager' then 'config_manager'
    else 'not_evaluated'
  end as verdict_reason,
  last_sync as fresh_at,
  last_sync as check_in_at,
  null::timestamptz as inventory_at,
  enrolled_at,
  is_encrypted,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from observed
where not _deleted
