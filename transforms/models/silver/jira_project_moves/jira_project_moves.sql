-- Moves between projects in order, of issues that we have seen. In one changelog entry a status change comes before the move.
with
histories as (select * from {{ source('jira', 'changelogs') }}),
issues as (select * from {{ ref('jira_issues') }}),
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
ordered as (
  select
    *,
    count(*) filter (where field = 'status' and "to" is not null) over (
      partition by issue_id
      order by created, try_cast(id as bigint) nulls last, id, field <> 'status', item
      rows unbounded preceding
    ) as transitions_before
  from changes
  where field in ('status', 'project')
),
moves as (
  select
    *,
    row_number() over (partition by issue_id order by created, try_cast(id as bigint) nulls last, id, item) as position
  from ordered
  where field = 'project' and "from" is not null and "to" is not null
)
select
  concat_ws('-', issue_id, id, item) as move_id,
  issue_id,
  created as occurred_at,
  position::integer as position,
  "from" as from_project_id,
  "to" as to_project_id,
  transitions_before::integer as transitions_before,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from moves
semi join issues using (issue_id)
