-- Stock and flow of open issues by project and day. The stock is the sum of all flows so far, so the identity holds by construction.
with
issues as (select * from {{ ref('jira_issues') }}),
transitions as (select * from {{ ref('jira_transitions') }}),
moves as (select * from {{ ref('jira_project_moves') }}),
histories as (
  select issue_id, bool_or(is_close) as is_ever_closed, min_by(from_category, position) as first_category
  from transitions
  group by issue_id
),
origins as (
  select issue_id, min_by(from_project_id, position) as first_project_id, max_by(to_project_id, position) as last_project_id
  from moves
  group by issue_id
),
counted as (
  select
    issues.*,
    -- Done, and no history says when.
    issues.status_category = 'done' and not coalesce(histories.is_ever_closed, false) as history_missing,
    greatest(issues.resolution_date, issues.created_at) as dated_at,
    coalesce(histories.first_category = 'done', false) as is_born_done,
    coalesce(origins.first_project_id, issues.project_id) as first_project_id,
    coalesce(origins.last_project_id, issues.project_id) as last_project_id
  from issues
  left join histories on histories.issue_id = issues.issue_id
  left join origins on origins.issue_id = issues.issue_id
  where not issues.is_subtask and not issues.is_epic
),
-- An issue changes category only where a transition differs from what it was: two closes in a row are one.
turns as (
  select
    transitions.issue_id,
    transitions.occurred_at,
    transitions.position,
    transitions.to_category = 'done' as is_done,
    coalesce(lag(transitions.to_category) over steps, transitions.from_category) = 'done' as was_done
  from transitions
  window steps as (partition by transitions.issue_id order by transitions.position)
),
-- The project at each transition: where the moves before it had brought the issue.
arrivals as (
  select *
  from moves
  qualify row_number() over (partition by issue_id, transitions_before order by position desc) = 1
),
located as (
  select turns.*, arrivals.to_project_id
  from turns
  asof left join arrivals
    on turns.issue_id = arrivals.issue_id
    and turns.position > arrivals.transitions_before
),
lasts as (
  select issue_id, max_by(is_done, position) as is_done
  from turns
  group by issue_id
),
flows as (
  select issue_id, first_project_id as project_id, created_at as at, 'opened' as flow
  from counted
  where history_missing or not is_born_done
  union all
  select issue_id, coalesce(located.to_project_id, counted.first_project_id), occurred_at, case when is_done then 'closed' else 'reopened' end
  from located
  join counted using (issue_id)
  where is_done <> was_done and not counted.history_missing
  union all
  -- A move counts while the issue is open; the state is that after the status changes that came before it.
  select moves.issue_id, unnest([moves.from_project_id, moves.to_project_id]), moves.occurred_at, unnest(['moved_out', 'moved_in'])
  from moves
  join counted using (issue_id)
  left join turns on turns.issue_id = moves.issue_id and turns.position = moves.transitions_before
  where
    case
      when counted.history_missing then moves.occurred_at < counted.dated_at
      else not coalesce(turns.is_done, counted.is_born_done)
    end
  union all
  select
    counted.issue_id,
    coalesce(max_by(moves.to_project_id, moves.position), any_value(counted.first_project_id)),
    any_value(counted.dated_at),
    'closed'
  from counted
  left join moves on moves.issue_id = counted.issue_id and moves.occurred_at < counted.dated_at
  where counted.history_missing
  group by counted.issue_id
  union all
  select counted.issue_id, counted.last_project_id, counted.deleted_at, 'deleted'
  from counted
  left join lasts using (issue_id)
  where counted.deleted_at is not null and not counted.history_missing and not coalesce(lasts.is_done, counted.is_born_done)
),
daily as (
  select
    flows.project_id,
    cast(flows.at at time zone {{ var('time_zone') }} as date) as backlog_on,
    count(*) filter (where flow = 'opened') as opened,
    count(*) filter (where flow = 'reopened') as reopened,
    count(*) filter (where flow = 'closed') as closed,
    count(*) filter (where flow = 'moved_in') as moved_in,
    count(*) filter (where flow = 'moved_out') as moved_out,
    count(*) filter (where flow = 'deleted') as deleted
  from flows
  group by all
),
projects as (
  select project_id, min(backlog_on) as first_on
  from daily
  group by project_id
),
days as (
  select
    project_id,
    unnest(generate_series(
      first_on::timestamp,
      greatest(cast({{ var('as_of') }} at time zone {{ var('time_zone') }} as date), first_on)::timestamp,
      interval 1 day
    ))::date as backlog_on
  from projects
),
filled as (
  select
    days.backlog_on,
    days.project_id,
    coalesce(opened, 0)::integer as opened,
    coalesce(reopened, 0)::integer as reopened,
    coalesce(closed, 0)::integer as closed,
    coalesce(moved_in, 0)::integer as moved_in,
    coalesce(moved_out, 0)::integer as moved_out,
    coalesce(deleted, 0)::integer as deleted
  from days
  left join daily using (project_id, backlog_on)
),
stocks as (
  select
    *,
    sum(opened + reopened + moved_in - closed - moved_out - deleted) over (
      partition by project_id order by backlog_on rows unbounded preceding
    )::integer as open_end
  from filled
)
select
  backlog_on,
  project_id,
  open_end - (opened + reopened + moved_in - closed - moved_out - deleted) as open_start,
  opened,
  reopened,
  closed,
  moved_in,
  moved_out,
  deleted,
  open_end,
  {{ var('tenant') }} as tenant_id,
  {{ var('org_id') }} as org_id,
  'jira' as source_system,
  (select max(ingest_at) from issues) as ingest_at
from stocks
