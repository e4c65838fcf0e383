-- What complete listings have no more, told apart: deleted at the vendor, or no longer ours to see. Where the vendor does not say, what else is gone decides.
with
users as (select * from {{ source('okta', 'users') }}),
groups as (select * from {{ source('okta', 'groups') }}),
devices as (select * from {{ source('intune', 'managed_devices') }}),
entra_users as (select * from {{ source('intune', 'users') }}),
computers as (select * from {{ source('jamf', 'computers') }}),
mobiles as (select * from {{ source('jamf', 'mobile_devices') }}),
issue_ids as (select * from {{ source('jira', 'issue_ids') }}),
issues as (select * from {{ source('jira', 'issues') }}),
projects as (select * from {{ source('jira', 'projects') }}),
jira_users as (select * from {{ source('jira', 'users') }}),
account_events as (select * from {{ ref('okta_account_events') }}),
versions as (
  select 'okta.users' as stream, _key, _deleted, ingest_at, _page, status as hint, tenant_id, org_id, source_system from users
  union all
  select 'okta.groups', _key, _deleted, ingest_at, _page, null, tenant_id, org_id, source_system from groups
  union all
  select 'intune.managed_devices', _key, _deleted, ingest_at, _page, null, tenant_id, org_id, source_system from devices
  union all
  -- Graph tells of a deletion in a record of its own.
  select
    'intune.users', _key, _deleted, ingest_at, _page,
    case when json_extract(_record, '$."@removed"') is not null then 'told' end,
    tenant_id, org_id, source_system
  from entra_users
  union all
  select 'jamf.computers', _key, _deleted, ingest_at, _page, null, tenant_id, org_id, source_system from computers
  union all
  select 'jamf.mobile_devices', _key, _deleted, ingest_at, _page, null, tenant_id, org_id, source_system from mobiles
  union all
  select 'jira.issues', _key, _deleted, ingest_at, _page, null, tenant_id, org_id, source_system from issue_ids
  union all
  select 'jira.projects', _key, _deleted, ingest_at, _page, null, tenant_id, org_id, source_system from projects
  union all
  select 'jira.users', _key, _deleted, ingest_at, _page, null, tenant_id, org_id, source_system from jira_users
),
newest as (
  select
    *,
    arg_max(hint, (ingest_at, _page)) filter (where not _deleted) over (partition by stream, _key) as last_hint
  from versions
  qualify row_number() over (partition by stream, _key order by ingest_at desc, _page desc) = 1
),
-- Nobody deletes most of a fleet between two listings; a scope that is narrowed does.
listings as (
  select
    stream,
    gone_at,
    gone,
    gone >= 20 and gone > live as is_most
  from (
    select stream, ingest_at as gone_at, count(*) as gone from newest where _deleted group by stream, ingest_at
  )
  join (select stream, count(*) filter (where not _deleted) as live from newest group by stream) using (stream)
),
visible_projects as (select _key from newest where stream = 'jira.projects' and not _deleted),
project_of as (
  select _key, arg_max(project_id, (ingest_at, _page)) as project_id
  from issues
  where not _deleted
  group by _key
),
turned_off as (
  select okta_user_id, max(occurred_at) as at
  from account_events
  where subject = 'account' and not turned_on
  group by okta_user_id
),
judged as (
  select
    newest.*,
    case
      when newest.stream = 'intune.users' and newest.hint = 'told' then 'told by the vendor'
      when listings.is_most then 'most of the listing at once'
      when newest.stream = 'okta.users' and newest.last_hint = 'DEPROVISIONED' then 'deactivated before'
      when newest.stream = 'okta.users' and turned_off.okta_user_id is not null then 'deactivated before'
      when newest.stream = 'okta.users' then 'was never deactivated'
      when newest.stream = 'jira.issues' and project_of.project_id is null then 'its project is not known'
      when newest.stream = 'jira.issues' and project_of.project_id not in (select _key from visible_projects) then 'its project is not listed'
      when newest.stream in ('jira.projects', 'jira.users') then 'the vendor does not say'
      else 'missing from a complete listing'
    end as evidence
  from newest
  join listings on listings.stream = newest.stream and listings.gone_at = newest.ingest_at
  left join turned_off on newest.stream = 'okta.users' and turned_off.okta_user_id = newest._key
  left join project_of on newest.stream = 'jira.issues' and project_of._key = newest._key
  where newest._deleted
)
select
  stream,
  _key as record_key,
  case
    when evidence in ('told by the vendor', 'deactivated before', 'missing from a complete listing') then 'deleted'
    else 'not_visible'
  end as deletion_kind,
  evidence,
  ingest_at as gone_at,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from judged
