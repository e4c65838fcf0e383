-- What the log says of accounts and factors, so that the state of a past day can be told from before the first sync.
{{ config(kind='append') }}
with
log as (select * from {{ added('okta', 'log') }}),
changes as (
  select
    *,
    case
      when event_type like 'user.lifecycle.%' then 'account'
      when event_type = 'user.mfa.factor.reset_all' then 'factors'
      else 'factor'
    end as subject,
    list_filter(
      from_json(targets, '[{"id":"VARCHAR","type":"VARCHAR"}]'),
      lambda target: target.type = 'User'
    )[1].id as target_user_id,
    case upper(factor)
      when 'SMS_FACTOR' then 'sms'
      when 'CALL_FACTOR' then 'call'
      when 'OKTA_VERIFY_PUSH' then 'push'
      when 'OKTA_SOFT_TOKEN' then 'token:software:totp'
      when 'FIDO_WEBAUTHN' then 'webauthn'
      when 'FIDO_U2F' then 'u2f'
      when 'SIGNED_NONCE' then 'signed_nonce'
      when 'DUO_SECURITY' then 'web'
      when 'YUBIKEY_TOKEN' then 'token:hardware'
      when 'EMAIL_FACTOR' then 'email'
      when 'SECURITY_QUESTION' then 'question'
      when 'PASSWORD_AS_FACTOR' then 'password'
      else lower(factor)
    end as type_of_factor
  from log
  where
    event_type in (
      'user.lifecycle.activate', 'user.lifecycle.unsuspend', 'user.lifecycle.create', 'user.lifecycle.suspend',
      'user.lifecycle.deactivate', 'user.lifecycle.reactivate', 'user.lifecycle.delete.initiated',
      'user.lifecycle.delete.completed', 'user.mfa.factor.activate', 'user.mfa.factor.unsuspend',
      'user.mfa.factor.deactivate', 'user.mfa.factor.suspend', 'user.mfa.factor.reset_all'
    )
    and outcome_result = 'SUCCESS'
    and not _deleted
)
select
  uuid as event_id,
  target_user_id as okta_user_id,
  published as occurred_at,
  subject,
  case when subject = 'factor' then type_of_factor end as factor_type,
  -- A reactivated account is provisioned anew: it cannot sign in before it is activated again.
  event_type in ('user.lifecycle.activate', 'user.lifecycle.unsuspend', 'user.mfa.factor.activate', 'user.mfa.factor.unsuspend') as turned_on,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from changes
where target_user_id is not null and (subject <> 'factor' or type_of_factor is not null)
qualify row_number() over (partition by uuid order by ingest_at, _page) = 1
