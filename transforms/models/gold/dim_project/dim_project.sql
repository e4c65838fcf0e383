-- Every project ever listed, and those that only issues or their histories still name.
with
versions as (select * from {{ source('jira', 'projects') }}),
issues as (select * from {{ ref('jira_issues') }}),
moves as (select * from {{ ref('jira_project_moves') }}),
gone as (
  select _key
  from versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and _deleted
),
listed as (
  select *
  from versions
  where not _deleted
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1
),
named as (
  select project_id, project_key, updated_at, tenant_id, org_id, source_system, ingest_at from issues
  union all
  select unnest([from_project_id, to_project_id]), null, occurred_at, tenant_id, org_id, source_system, ingest_at from moves
),
unlisted as (
  select
    project_id,
    coalesce(arg_max(project_key, updated_at) filter (where project_key is not null), project_id) as project_key,
    any_value(tenant_id) as tenant_id,
    any_value(org_id) as org_id,
    any_value(source_system) as source_system,
    max(ingest_at) as ingest_at
  from named
  where project_id not in (select id from listed)
  group by project_id
)
select
  id as project_id,
  coalesce(key, id) as project_key,
  coalesce(name, key, id) as project_name,
  project_type_key as project_type,
  lead_account_id,
  case when _key in (select _key from gone) then 'not_visible' when archived then 'archived' else 'visible' end as visibility,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from listed
union all
select project_id, project_key, project_key, null, null, 'not_visible', tenant_id, org_id, source_system, ingest_at
from unlisted
