-- Factors now. A factor that its account no longer lists has a deleted version, and is left out.
with
versions as (select * from {{ source('okta', 'factors') }}),
newest as (
  select *
  from versions
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1
)
select
  user_id as okta_user_id,
  id as factor_id,
  factor_type,
  coalesce(status = 'ACTIVE', false) as is_active,
  factor_type in (
    'push', 'sms', 'call', 'token', 'token:software:totp', 'token:hotp', 'token:hardware', 'web', 'webauthn', 'u2f', 'signed_nonce'
  ) or factor_type like '%smart%' as is_enrolling,
  factor_type in ('webauthn', 'u2f', 'signed_nonce') or factor_type like '%smart%' as is_phishing_resistant,
  case
    when factor_type like '%smart%' then 3
    else coalesce(
      list_position(
        [
          'webauthn', 'u2f', 'smart', 'signed_nonce', 'push', 'token:hardware', 'token:software:totp', 'token:hotp', 'token',
          'web', 'sms', 'call', 'email', 'question'
        ],
        factor_type
      ),
      99
    )
  end::integer as strength,
  created as created_at,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from newest
where not _deleted and factor_type is not null
