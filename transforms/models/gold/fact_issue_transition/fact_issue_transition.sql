-- Status changes, with the project that the issue is in now.
with
transitions as (select * from {{ ref('jira_transitions') }}),
issues as (select * from {{ ref('jira_issues') }})
select
  transitions.transition_id,
  transitions.issue_id,
  issues.project_id,
  transitions.occurred_at,
  cast(transitions.occurred_at at time zone {{ var('time_zone') }} as date) as occurred_on,
  transitions.from_status,
  transitions.to_status,
  transitions.from_category,
  transitions.to_category,
  transitions.is_close,
  transitions.is_reopen,
  transitions.author_account_id,
  transitions.tenant_id,
  transitions.org_id,
  transitions.source_system,
  transitions.ingest_at
from transitions
join issues using (issue_id)
