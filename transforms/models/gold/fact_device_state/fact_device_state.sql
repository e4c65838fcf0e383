-- Devices day by day, in the words of dim_device.
with
days as (select * from {{ ref('device_days') }}),
logins as (select * from {{ ref('person_logins') }})
select
  days.state_on,
  days.device_key,
  days.platform,
  days.managed_by,
  days.ownership,
  coalesce(logins.department, 'unknown') as department,
  days.exclusion_reason is null as in_scope,
  days.compliance_state,
  days.compliance_reason,
  days.tenant_id,
  days.org_id,
  days.source_system,
  days.ingest_at
from days
left join logins on logins.login = days.login
