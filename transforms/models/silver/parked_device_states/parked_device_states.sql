-- States that came before their device: kept, counted, shown nowhere. Nothing refers to this table but the ledger.
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
anti join devices on devices.device_id = newest.device_id
where not newest._deleted
