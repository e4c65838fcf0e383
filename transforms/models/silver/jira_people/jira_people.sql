-- Jira accounts now; one without a visible e-mail cannot be told to be anybody.
with
versions as (select * from {{ source('jira', 'users') }}),
newest as (
  select *, lower(trim(email_address)) as email
  from versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and not _deleted
)
select
  account_id,
  left(md5(tenant_id || '|person|' || email), 16) as user_key,
  email,
  display_name,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from newest
where email <> ''
