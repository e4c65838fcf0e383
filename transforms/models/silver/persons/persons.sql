-- One person per lower-cased e-mail. Jamf's users are free text: they match persons and make none.
with
okta_accounts as (select * from {{ ref('okta_users') }}),
entra_versions as (select * from {{ source('intune', 'users') }}),
jira_accounts as (select * from {{ ref('jira_people') }}),
okta as (
  select *
  from okta_accounts
  qualify row_number() over (
    partition by user_key
    order by status in ('ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY', 'LOCKED_OUT') desc, created_at desc nulls last, okta_user_id
  ) = 1
),
entra_accounts as (
  select
    *,
    coalesce(lower(nullif(trim(mail), '')), lower(nullif(trim(user_principal_name), ''))) as email
  from entra_versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and not _deleted
),
entra as (
  select *, left(md5(tenant_id || '|person|' || email), 16) as user_key
  from entra_accounts
  where email is not null
  qualify row_number() over (partition by email order by id) = 1
),
jira as (
  select *
  from jira_accounts
  qualify row_number() over (partition by user_key order by account_id) = 1
)
select
  user_key,
  coalesce(okta.email, entra.email, jira.email) as email,
  coalesce(okta.display_name, entra.display_name, jira.display_name) as display_name,
  coalesce(okta.department, nullif(trim(entra.department), ''), 'unknown') as department,
  okta.okta_user_id,
  entra.id as entra_user_id,
  jira.account_id as jira_account_id,
  coalesce(okta.tenant_id, entra.tenant_id, jira.tenant_id) as tenant_id,
  coalesce(okta.org_id, entra.org_id, jira.org_id) as org_id,
  coalesce(okta.source_system, entra.source_system, jira.source_system) as source_system,
  greatest(okta.ingest_at, entra.ingest_at, jira.ingest_at) as ingest_at
from okta
full join entra using (user_key)
full join jira using (user_key)
