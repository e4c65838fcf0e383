-- The category of each status id. Names are in whatever language, so nothing but the waiting words is read out of them.
with
versions as (select * from {{ source('jira', 'statuses') }}),
newest as (
  select *
  from versions
  where not _deleted
  qualify row_number() over (partition by _key order by ingest_at desc, _page desc) = 1
)
select
  id as status_id,
  name as status_name,
  case when category_key in ('new', 'indeterminate', 'done') then category_key else 'unknown' end as category,
  coalesce(regexp_matches(name, 'waiting|blocked|hold|pending', 'i'), false) as is_waiting,
  tenant_id,
  org_id,
  source_system,
  ingest_at
from newest
