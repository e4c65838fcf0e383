-- Sign-in events of the log as they came. Only new rows of bronze are read.
{{ config(kind='append') }}
with
-- Bronze has each event once: only what is there twice after all has to be put in order.
repeated as (
  select uuid from {{ added('okta', 'log') }} where uuid is not null group by uuid having count(*) > 1
),
log as (
  select * from {{ added('okta', 'log') }} where uuid not in (select uuid from repeated)
  union all
  select * from {{ added('okta', 'log') }} where uuid in (select uuid from repeated)
  qualify row_number() over (partition by uuid order by ingest_at, _page) = 1
),
events as (
  select
    *,
    coalesce(outcome_result, 'UNKNOWN') as outcome,
    -- Where the system acted (a lock, say), the person is the target.
    case
      when actor_type = 'SystemPrincipal' then
        list_filter(
          from_json(targets, '[{"alternateId":"VARCHAR","type":"VARCHAR"}]'),
          lambda target: target.type = 'User'
        )[1].alternateId
      else actor_login
    end as login
  from log
  where
    (
      event_type in ('user.session.start', 'user.session.end', 'user.account.lock', 'policy.evaluate_sign_on')
      or starts_with(event_type, 'user.authentication.')
    )
    and not _deleted
)
select
  uuid as event_id,
  published as occurred_at,
  event_type,
  outcome,
  outcome_reason as reason,
  nullif(lower(trim(login)), '') as actor_login,
  client_ip,
  coalesce(nullif(client_country, ''), 'unknown') as country,
  factor,
  case
    when factor in ('PASSWORD_AS_FACTOR', 'SECURITY_QUESTION') then 'knowledge'
    when factor = 'EMAIL_FACTOR' then null
    when factor is not null then 'possession'
  end as factor_class,
  -- A failed sign-in has no session, so session alone would lose exactly the failures.
  coalesce('root:' || root_session_id, 'session:' || external_session_id, 'transaction:' || transaction_id) as chain,
  event_type in (
    'user.session.start', 'user.account.lock', 'policy.evaluate_sign_on', 'user.authentication.verify',
    'user.authentication.auth_via_mfa', 'user.authentication.auth_via_IDP', 'user.authentication.auth_via_AD_agent',
    'user.authentication.auth_via_LDAP_agent', 'user.authentication.auth_via_radius',
    'user.authentication.auth_via_social', 'user.authentication.auth_via_inbound_SAML'
  ) and outcome <> 'SKIPPED' as is_attempt,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from events
where published is not null
