-- States of compliance policies on devices that we know. Those of others wait in parked_device_states, and come here by themselves once their device is listed.
with
versions as (select * from {{ source('intune', 'device_policy_states') }}),
devices as (select distinct _key as device_id from {{ source('intune', 'managed_devices') }}),
newest as (
  select *
  from versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1
)
select
  newest._key as state_id,
  newest.device_id,
  newest.state,
  newest.tenant_id,
  newest.org_id,
  newest.source_system,
  newest.ingest_at
from newest
semi join devices on devices.device_id = newest.device_id
where not newest._deleted
