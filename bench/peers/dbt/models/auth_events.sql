{{ config(unique_key='event_id', incremental_strategy='delete+insert') }}
-- Sign-in events, typed; only rows of loads that were not read before.
select
  uuid as event_id,
  published as occurred_at,
  event_type,
  coalesce(json_extract_string(outcome, '$.result'), 'UNKNOWN') as outcome,
  json_extract_string(outcome, '$.reason') as reason,
  nullif(lower(trim(
    case when json_extract_string(actor, '$.type') = 'SystemPrincipal'
      then list_filter(from_json(target, '[{"alternateId":"VARCHAR","type":"VARCHAR"}]'), lambda one: one.type = 'User')[1].alternateId
      else json_extract_string(actor, '$.alternateId') end
  )), '') as actor_login,
  json_extract_string(client, '$.ipAddress') as client_ip,
  coalesce(nullif(json_extract_string(client, '$.geographicalContext.country'), ''), 'unknown') as country,
  json_extract_string(debug_context, '$.debugData.factor') as factor,
  coalesce(
    'root:' || json_extract_string(authentication_context, '$.rootSessionId'),
    'session:' || nullif(json_extract_string(authentication_context, '$.externalSessionId'), 'unknown'),
    'transaction:' || json_extract_string("transaction", '$.id'),
    'ip:' || coalesce(json_extract_string(client, '$.ipAddress'), '')
  ) as chain,
  _dlt_load_id as load_id
from {{ source('okta', 'okta_log') }}
where
  event_type in (
    'user.session.start', 'user.account.lock', 'policy.evaluate_sign_on', 'user.authentication.verify',
    'user.authentication.auth_via_mfa', 'user.authentication.auth_via_IDP', 'user.authentication.auth_via_AD_agent',
    'user.authentication.auth_via_LDAP_agent', 'user.authentication.auth_via_radius',
    'user.authentication.auth_via_social', 'user.authentication.auth_via_inbound_SAML'
  )
  and coalesce(json_extract_string(outcome, '$.result'), 'UNKNOWN') <> 'SKIPPED'
  {% if is_incremental() %}
  and _dlt_load_id > (select max(load_id) from {{ this }})
  {% endif %}
qualify row_number() over (partition by uuid order by _dlt_load_id) = 1
