-- ECS authentication documents as they came. Only new rows of bronze are read.
{{ config(kind='append') }}
with
documents as (select * from {{ added('elasticsearch', 'auth_logs') }}),
events as (
  select *, coalesce(nullif(event_action, ''), 'authentication') as action
  from documents
  -- The category is one word, or a list of words as JSON.
  where
    not _deleted
    and timestamp is not null
    and (event_category = 'authentication' or event_category like '%"authentication"%')
)
select
  index || '/' || id as event_id,
  timestamp as occurred_at,
  action as event_type,
  upper(coalesce(nullif(event_outcome, ''), 'unknown')) as outcome,
  coalesce(nullif(lower(trim(user_email)), ''), nullif(lower(trim(user_name)), '')) as actor_login,
  source_ip as client_ip,
  coalesce(nullif(country, ''), 'unknown') as country,
  not regexp_matches(action, 'logout|logoff|logged-out|logged-off', 'i') as is_attempt,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from events
qualify row_number() over (partition by index, id order by ingest_at, _page) = 1
