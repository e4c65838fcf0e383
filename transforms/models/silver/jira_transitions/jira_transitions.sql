-- Status changes in order, of issues that we have seen. Categories come from ids: a status that is not listed is of category unknown, which is not done.
with
histories as (select * from {{ source('jira', 'changelogs') }}),
issues as (select * from {{ ref('jira_issues') }}),
statuses as (select * from {{ ref('jira_statuses') }}),
entries as (
  select
    *,
    from_json(items, '[{"field":"VARCHAR","from":"VARCHAR","to":"VARCHAR"}]') as changes
  from histories
  where not _deleted
  qualify row_number() over (partition by issue_id, id order by ingest_at, _page) = 1
),
changes as (
  select
    entries.* exclude (changes, items),
    unnest(changes, max_depth := 2),
    generate_subscripts(changes, 1) as item
  from entries
),
status_changes as (
  select
    *,
    row_number() over (
      partition by issue_id
      order by created, try_cast(id as bigint) nulls last, id, item
    ) as position
  from changes
  where field = 'status' and "to" is not null
)
select
  concat_ws('-', status_changes.issue_id, status_changes.id, status_changes.item) as transition_id,
  status_changes.issue_id,
  status_changes.created as occurred_at,
  status_changes.position::integer as position,
  status_changes."from" as from_status,
  status_changes."to" as to_status,
  coalesce(before.category, 'unknown') as from_category,
  coalesce(after.category, 'unknown') as to_category,
  coalesce(before.category, 'unknown') <> 'done' and coalesce(after.category, 'unknown') = 'done' as is_close,
  coalesce(before.category, 'unknown') = 'done' and coalesce(after.category, 'unknown') <> 'done' as is_reopen,
  status_changes.author_account_id,
  status_changes.tenant_id,
  status_changes.org_id,
  status_changes.source_system,
  status_changes.ingest_at
from status_changes
semi join issues on issues.issue_id = status_changes.issue_id
left join statuses as before on before.status_id = status_changes."from"
left join statuses as after on after.status_id = status_changes."to"
