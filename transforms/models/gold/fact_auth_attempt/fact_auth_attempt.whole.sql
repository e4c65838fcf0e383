-- An event that comes into an attempt of days ago may change what that attempt, or one before it, has come to.
select exists (
  select 1
  from {{ added('okta_auth_events') }} as late
  join {{ ref('auth_attempt_events') }} as placed
    on placed.event_id = late.event_id and placed.occurred_at = late.occurred_at
  join {{ this() }} as known on known.attempt_id = placed.attempt_id
  where
    known.started_at < late.occurred_at - interval 24 hour
    and (known.outcome <> 'success' or late.outcome = 'CHALLENGE')
)
