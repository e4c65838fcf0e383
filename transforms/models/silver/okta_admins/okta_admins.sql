-- Accounts in a group of administrators now.
with
group_versions as (select * from {{ source('okta', 'groups') }}),
member_versions as (select * from {{ source('okta', 'group_members') }}),
admin_groups as (
  select id
  from group_versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and not _deleted and name ilike '%admin%'
),
members as (
  select *
  from member_versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and not _deleted
)
select
  user_id as okta_user_id,
  any_value(tenant_id) as tenant_id,
  any_value(org_id) as org_id,
  any_value(source_system) as source_system,
  max(ingest_at) as ingest_at
from members
where group_id in (select id from admin_groups)
group by user_id
