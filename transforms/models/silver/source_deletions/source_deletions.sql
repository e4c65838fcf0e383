-- What complete listings have no more, told apart: deleted at the vendor, or no longer ours to see. Where the vendor does not say, what else is gone decides.
with
users as (select * from {{ source('okta', 'users') }}),
indices as (select * from {{ source('elasticsearch', 'indices') }}),
access as (select * from {{ source('elasticsearch', 'access') }}),
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
    case when removed_reason is not null then 'told' end,
    tenant_id, org_id, source_system
  from entra_users
  union all
  select 'elasticsearch.indices', _key, _deleted, ingest_at, _page, null, tenant_id, org_id, source_system from indices
  union all
  select 'jamf.computers', _key, _deleted, ingest_at, _page, site_id, tenant_id, org_id, source_system from computers
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
-- A site that is taken from an API client takes all of its computers at once.
visible_sites as (select last_hint as site_id from newest where stream = 'jamf.computers' and not _deleted),
emptied_sites as (
  select last_hint as site_id, ingest_at
  from newest
  where
    stream = 'jamf.computers'
    and _deleted
    and last_hint is not null
    and last_hint not in (select site_id from visible_sites where site_id is not null)
  group by all
  having count(*) >= 2
),
runs_gone as (
  select _key, regexp_replace(_page, '-[0-9]+$', '') as run
  from newest
  where stream = 'elasticsearch.indices' and _deleted
),
-- What the connection asked for, and its key might read, in the run that missed the index: not what it asks for today.
in_force as (
  select runs_gone._key, access.pattern, access.may_read
  from runs_gone
  join access on regexp_replace(access._page, '-[0-9]+$', '') <= runs_gone.run
  qualify
    row_number() over (partition by runs_gone._key, access._key order by access.ingest_at desc, access._page desc) = 1
    and not access._deleted
),
asked as (
  select _key, count(pattern) > 0 as is_asked, coalesce(bool_and(may_read), false) as may_read
  from runs_gone
  left join in_force using (_key)
  -- A pattern may name a data stream, whose indices have names of their own.
  where
    pattern is null
    or _key glob pattern
    or regexp_replace(_key, '^\.ds-(.*)-\d{4}\.\d{2}\.\d{2}-\d{6}$', '\1') glob pattern
  group by _key
),
-- A project that went later was there when its issue went; listings a moment apart count as one.
hidden_projects as (select _key, ingest_at from newest where stream = 'jira.projects' and _deleted),
listed_projects as (select _key from newest where stream = 'jira.projects'),
project_of as (
  select _key, arg_max(project_id, (ingest_at, _page)) as project_id
  from issues
  where not _deleted
  group by _key
),
-- Only a deactivated account can be deleted: one that was activated again cannot.
turned_off as (
  select okta_user_id
  from account_events
  where subject = 'account'
  group by okta_user_id
  having not arg_max(turned_on, (occurred_at, event_id))
),
judged as (
  select
    newest.*,
    case
      when newest.stream = 'intune.users' and newest.hint = 'told' then 'told by the vendor'
      when newest.stream = 'elasticsearch.indices' and not coalesce(asked.is_asked, false) then 'the connection does not ask for it'
      when newest.stream = 'elasticsearch.indices' and not asked.may_read then 'the key may not read all that is asked for'
      when newest.stream = 'elasticsearch.indices' then 'missing from a complete listing'
      when listings.is_most then 'most of the listing at once'
      when newest.stream = 'okta.users' and newest.last_hint = 'DEPROVISIONED' then 'deactivated before'
      when newest.stream = 'okta.users' and turned_off.okta_user_id is not null then 'deactivated before'
      when newest.stream = 'okta.users' then 'was never deactivated'
      when newest.stream = 'jira.issues' and project_of.project_id is null then 'its project is not known'
      when newest.stream = 'jira.issues' and project_of.project_id not in (select _key from listed_projects) then 'its project is not listed'
      when newest.stream = 'jira.issues' and hidden_projects.ingest_at <= newest.ingest_at + interval 1 hour then 'its project is not listed'
      when emptied_sites.site_id is not null then 'nothing of its site is listed'
      when newest.stream in ('jira.projects', 'jira.users') then 'the vendor does not say'
      else 'missing from a complete listing'
    end as evidence
  from newest
  join listings on listings.stream = newest.stream and listings.gone_at = newest.ingest_at
  left join asked on newest.stream = 'elasticsearch.indices' and asked._key = newest._key
  left join emptied_sites
    on newest.stream = 'jamf.computers' and emptied_sites.site_id = newest.last_hint and emptied_sites.ingest_at = newest.ingest_at
  left join turned_off on newest.stream = 'okta.users' and turned_off.okta_user_id = newest._key
  left join project_of on newest.stream = 'jira.issues' and project_of._key = newest._key
  left join hidden_projects on newest.stream = 'jira.issues' and hidden_projects._key = project_of.project_id
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
