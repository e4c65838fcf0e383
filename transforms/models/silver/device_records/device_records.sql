-- Which device each record is. A serial number joins records over both systems and over re-enrolments; without one a record is a device of its own.
with
intune as (select * from {{ ref('intune_observations') }}),
jamf as (select * from {{ ref('jamf_observations') }}),
observations as (
  select record_id, serial_number, observed_at, tenant_id, org_id, source_system, ingest_at from intune
  union all
  select record_id, serial_number, observed_at, tenant_id, org_id, source_system, ingest_at from jamf
),
newest as (
  select *, min(observed_at) over (partition by record_id) as first_seen_at
  from observations
  qualify row_number() over (partition by record_id order by observed_at desc) = 1
)
select
  record_id,
  left(md5(concat_ws('|', tenant_id, 'device', coalesce(serial_number, replace(record_id, '/', '|')))), 16) as device_key,
  serial_number,
  cast(first_seen_at at time zone {{ var('time_zone') }} as date) as first_seen_on,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from newest
