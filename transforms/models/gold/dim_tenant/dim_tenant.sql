-- The tenant, as the build was told. Built with any other table, so that its as_of is that of the release.
{{ config(rebuild='with_any') }}
select
  {{ var('display_name') }} as display_name,
  {{ var('time_zone') }} as time_zone,
  {{ var('status') }} as status,
  {{ var('as_of') }} as as_of,
  {{ var('tenant') }} as tenant_id,
  {{ var('org_id') }} as org_id,
  'tessera' as source_system,
  {{ var('as_of') }} as ingest_at
