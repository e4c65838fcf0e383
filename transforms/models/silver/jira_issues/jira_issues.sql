-- Issues now, deleted ones included: a search never tells of a deletion, the census does.
with
versions as (select * from {{ source('jira', 'issues') }}),
census as (select * from {{ source('jira', 'issue_ids') }}),
statuses as (select * from {{ ref('jira_statuses') }}),
newest as (
  select *
  from versions
  where not _deleted
  qualify row_number() over (partition by _key order by updated desc nulls last, ingest_at desc, _page desc) = 1
),
missed as (
  select _key, ingest_at as deleted_at
  from census
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and _deleted
)
select
  newest.id as issue_id,
  newest.key as issue_key,
  coalesce(newest.project_id, 'unknown') as project_id,
  coalesce(newest.project_key, split_part(newest.key, '-', 1)) as project_key,
  lower(coalesce(newest.issue_type_name, 'unknown')) as issue_type,
  coalesce(newest.is_subtask, false) as is_subtask,
  lower(coalesce(newest.issue_type_name, '')) = 'epic' as is_epic,
  coalesce(newest.priority_name, 'none') as priority,
  newest.status_id,
  coalesce(newest.status_name, statuses.status_name, 'unknown') as status,
  coalesce(
    statuses.category,
    case when newest.status_category_key in ('new', 'indeterminate', 'done') then newest.status_category_key end,
    'unknown'
  ) as status_category,
  newest.resolution_name as resolution,
  newest.assignee_account_id,
  newest.created as created_at,
  coalesce(newest.updated, newest.created) as updated_at,
  newest.resolution_date,
  missed.deleted_at,
  newest.tenant_id,
  newest.org_id,
  newest.source_system,
  newest.ingest_at
from newest
left join statuses using (status_id)
left join missed using (_key)
