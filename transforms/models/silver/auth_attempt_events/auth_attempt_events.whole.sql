-- An event that comes late into a chain of addresses may join two attempts or give one another first event.
select exists (
  select 1
  from {{ added('okta_auth_events') }} as late
  join {{ this() }} as known
    on known.chain = 'ip:' || coalesce(late.client_ip, '')
    and known.actor_login is not distinct from late.actor_login
    and known.occurred_at >= late.occurred_at
    and known.event_id <> late.event_id
  where late.chain is null and late.is_attempt
)
