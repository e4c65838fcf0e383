-- Issues with the times that MTTR needs: the resolution is the last close still in force, not the resolution date and not a status name.
with
issues as (select * from {{ ref('jira_issues') }}),
transitions as (select * from {{ ref('jira_transitions') }}),
statuses as (select * from {{ ref('jira_statuses') }}),
people as (select * from {{ ref('jira_people') }}),
closes as (
  select
    issue_id,
    min(occurred_at) filter (where is_close) as first_closed_at,
    max(occurred_at) filter (where is_close) as last_closed_at,
    count(*) filter (where is_reopen)::integer as reopen_count,
    max(ingest_at) as ingest_at
  from transitions
  group by issue_id
),
resolved as (
  select
    issues.*,
    status_category = 'done' and last_closed_at is null as history_missing,
    case when status_category = 'done' then coalesce(last_closed_at, resolution_date) end as resolved_at,
    coalesce(first_closed_at, case when status_category = 'done' then resolution_date end) as first_resolved_at,
    coalesce(reopen_count, 0) as reopens,
    greatest(issues.ingest_at, closes.ingest_at) as newest_ingest_at
  from issues
  left join closes using (issue_id)
),
-- How long each issue stood in each status: from its creation in the first, from each transition in the next.
stays as (
  select issue_id, to_status as status_id, occurred_at as since, lead(occurred_at) over (partition by issue_id order by position) as until
  from transitions
  union all
  select issues.issue_id, first_change.from_status, issues.created_at, first_change.occurred_at
  from issues
  join transitions as first_change on first_change.issue_id = issues.issue_id and first_change.position = 1
),
active as (
  select
    resolved.issue_id,
    sum(
      greatest(
        epoch_ms(least(coalesce(stays.until, resolved.resolved_at), resolved.resolved_at))
        - epoch_ms(greatest(stays.since, resolved.created_at)),
        0
      )
    )::bigint as ms_active
  from resolved
  join stays on stays.issue_id = resolved.issue_id
  join statuses on statuses.status_id = stays.status_id
  where resolved.resolved_at is not null and statuses.category in ('new', 'indeterminate') and not statuses.is_waiting
  group by resolved.issue_id
),
-- Working time since a Monday long ago: whole weeks, whole days, and the part of the day between 09:00 and 17:00.
ends as (
  select issue_id, unnest(['created', 'resolved']) as which, unnest([created_at, resolved_at]) at time zone {{ var('time_zone') }} as local_at
  from resolved
  where resolved_at is not null
),
days as (
  select
    *,
    (local_at::date - date '1970-01-05') as day_number,
    epoch_ms(local_at) - epoch_ms(local_at::date::timestamp) as ms_of_day
  from ends
),
worked as (
  select
    issue_id,
    which,
    (
      (day_number // 7) * 5 * 28800000
      + least(day_number % 7, 5) * 28800000
      + case when day_number % 7 < 5 then least(greatest(ms_of_day - 32400000, 0), 28800000) else 0 end
    )::bigint as ms
  from days
),
business as (
  select issue_id, (sum(case which when 'resolved' then ms else -ms end))::bigint as ms_business
  from worked
  group by issue_id
),
excluded as (
  select
    *,
    case
      when resolved_at is null then null
      when is_subtask then 'subtask'
      when is_epic then 'epic'
      when lower(replace(resolution, '’', '''')) in ('won''t do', 'won''t fix', 'duplicate', 'cannot reproduce') then 'resolution'
      when epoch_ms(resolved_at) <= epoch_ms(created_at) then 'negative_duration'
      when deleted_at is not null then 'deleted'
    end as mttr_exclusion
  from resolved
)
select
  excluded.issue_id,
  excluded.issue_key,
  excluded.project_id,
  excluded.issue_type,
  excluded.is_subtask,
  excluded.priority,
  excluded.status,
  excluded.status_category,
  excluded.resolution,
  people.user_key as assignee_key,
  excluded.created_at,
  cast(excluded.created_at at time zone {{ var('time_zone') }} as date) as created_on,
  excluded.updated_at,
  excluded.resolved_at,
  cast(excluded.resolved_at at time zone {{ var('time_zone') }} as date) as resolved_on,
  excluded.first_resolved_at,
  excluded.reopens as reopen_count,
  excluded.status_category <> 'done' as is_open,
  excluded.deleted_at is not null as is_deleted,
  excluded.resolved_at is not null and excluded.mttr_exclusion is null as counts_for_mttr,
  excluded.mttr_exclusion,
  epoch_ms(excluded.resolved_at) - epoch_ms(excluded.created_at) as ms_to_resolve,
  epoch_ms(excluded.first_resolved_at) - epoch_ms(excluded.created_at) as ms_to_first_resolve,
  case when excluded.resolved_at is not null and not excluded.history_missing then coalesce(active.ms_active, 0) end as ms_active,
  business.ms_business,
  epoch_ms(coalesce(excluded.resolved_at, {{ var('as_of') }})) - epoch_ms(excluded.created_at) as ms_observed,
  excluded.history_missing,
  excluded.tenant_id,
  excluded.org_id,
  excluded.source_system,
  excluded.newest_ingest_at as ingest_at
from excluded
left join active using (issue_id)
left join business using (issue_id)
left join people on people.account_id = excluded.assignee_account_id
