-- When the log that we have begins; on its own, so that a new page of the log does not have all days told anew. Of the log only new rows are read.
{{ config(kind='merge') }}
with
log as (
  select tenant_id, org_id, source_system, published, ingest_at from {{ added('okta', 'log') }} where not _deleted
  {% if is_incremental() %}
  union all
  select tenant_id, org_id, source_system, started_at, ingest_at from {{ this() }}
  {% endif %}
)
select
  min(published) as started_at,
  tenant_id,
  any_value(org_id) as org_id,
  any_value(source_system) as source_system,
  arg_min(ingest_at, (published, ingest_at)) as ingest_at
from log
where published is not null
group by tenant_id
