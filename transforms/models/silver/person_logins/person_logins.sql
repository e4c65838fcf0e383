-- Every name by which a person signs in. A name of several persons belongs to the one whose e-mail it is.
with
persons as (select * from {{ ref('persons') }}),
okta_accounts as (select * from {{ ref('okta_users') }}),
entra_versions as (select * from {{ source('intune', 'users') }}),
entra_accounts as (
  select id, lower(nullif(trim(user_principal_name), '')) as login
  from entra_versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1 and not _deleted
),
logins as (
  select email as login, user_key, 1 as rank from persons
  union all
  select login, user_key, 2 from okta_accounts
  union all
  select entra_accounts.login, persons.user_key, 3
  from entra_accounts
  join persons on persons.entra_user_id = entra_accounts.id
)
select
  logins.login,
  persons.user_key,
  persons.department,
  persons.tenant_id,
  persons.org_id,
  persons.source_system,
  persons.ingest_at
from logins
join persons using (user_key)
where logins.login is not null
qualify row_number() over (partition by logins.login order by logins.rank, persons.user_key) = 1
