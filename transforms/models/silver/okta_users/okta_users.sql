-- Accounts now: the newest version that is not a deletion, and whether a deletion came after it.
with
versions as (select * from {{ source('okta', 'users') }}),
gone as (
  select _key
  from versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and _deleted
),
newest as (
  select
    *,
    lower(trim(login)) as login_key,
    coalesce(lower(nullif(trim(email), '')), lower(trim(login))) as email_key,
    -- A deletion leaves the last known version and takes away the right to sign in.
    case when _key in (select _key from gone) then 'DEPROVISIONED' else status end as status_now
  from versions
  where not _deleted
  qualify row_number() over (partition by _key order by ingest_at desc, last_updated desc nulls last, _page desc) = 1
)
select
  id as okta_user_id,
  left(md5(tenant_id || '|person|' || email_key), 16) as user_key,
  email_key as email,
  login_key as login,
  coalesce(nullif(trim(display_name), ''), nullif(trim(concat_ws(' ', first_name, last_name)), '')) as display_name,
  nullif(trim(department), '') as department,
  status_now as status,
  coalesce(lower(user_type) = 'service', false) as is_service_account,
  coalesce(provider_type in ('FEDERATION', 'SOCIAL'), false) as is_federated,
  created as created_at,
  activated as activated_at,
  last_login as last_login_at,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from newest
