-- Persons with their MFA state now.
with
persons as (select * from {{ ref('persons') }}),
accounts as (select * from {{ ref('okta_users') }}),
factors as (select * from {{ ref('okta_factors') }}),
admins as (select * from {{ ref('okta_admins') }}),
factor_versions as (select * from {{ source('okta', 'factors') }}),
proofs as (
  select
    okta_user_id,
    bool_or(is_enrolling) as is_enrolled,
    bool_or(is_phishing_resistant) as is_phishing_resistant,
    arg_min(factor_type, (strength, factor_type)) as strongest_factor,
    max(ingest_at) as ingest_at
  from factors
  where is_active
  group by okta_user_id
),
known as (
  select
    persons.*,
    accounts.status,
    accounts.created_at,
    accounts.activated_at,
    accounts.last_login_at,
    coalesce(accounts.is_service_account, false) as is_service_account,
    case
      when accounts.okta_user_id is null then 'no_okta_account'
      when accounts.status in ('STAGED', 'PROVISIONED', 'SUSPENDED', 'DEPROVISIONED') then lower(accounts.status)
      -- A status that Okta may add later cannot be assumed to sign in.
      when accounts.status not in ('ACTIVE', 'PASSWORD_EXPIRED', 'RECOVERY', 'LOCKED_OUT') then lower(accounts.status)
      when accounts.is_service_account then 'service_account'
    end as exclusion_reason,
    case
      when accounts.okta_user_id is null then 'not_enrolled'
      when accounts.is_federated then 'delegated'
      -- Factors that nobody could read are not factors that are not there.
      when (select count(*) from factor_versions) = 0 then 'unknown'
      when proofs.is_enrolled then 'enrolled'
      else 'not_enrolled'
    end as mfa_state,
    coalesce(proofs.is_phishing_resistant, false) as resists_phishing,
    coalesce(proofs.strongest_factor, 'none') as strongest_factor,
    admins.okta_user_id is not null as is_admin,
    greatest(persons.ingest_at, accounts.ingest_at, proofs.ingest_at, admins.ingest_at) as newest_ingest_at
  from persons
  left join accounts on accounts.okta_user_id = persons.okta_user_id
  left join proofs on proofs.okta_user_id = persons.okta_user_id
  left join admins on admins.okta_user_id = persons.okta_user_id
)
select
  user_key,
  email,
  display_name,
  department,
  okta_user_id,
  status as okta_status,
  entra_user_id,
  jira_account_id,
  is_service_account,
  exclusion_reason is null as in_mfa_population,
  exclusion_reason,
  mfa_state,
  exclusion_reason is null and mfa_state = 'enrolled' as is_mfa_enrolled,
  exclusion_reason is null and mfa_state = 'enrolled' and resists_phishing as is_phishing_resistant,
  is_admin,
  strongest_factor,
  created_at,
  activated_at,
  last_login_at,
  tenant_id,
  org_id,
  source_system,
  newest_ingest_at as ingest_at
from known
