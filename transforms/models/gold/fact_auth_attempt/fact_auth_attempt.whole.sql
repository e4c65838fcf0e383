-- An event that comes into an attempt of days ago may change what that attempt, or one before it, has come to.
with
-- Found first, and by the instant, too: the history of attempts is then read once for few of them.
late as materialized (
  select placed.attempt_id, placed.occurred_at, new.outcome
  from {{ added('okta_auth_events') }} as new
  join {{ ref('auth_attempt_events') }} as placed using (event_id, occurred_at)
)
select exists (
  select 1
  from {{ this() }} as known
  join late using (attempt_id)
  where
    known.started_at < late.occurred_at - interval 24 hour
    and (known.outcome <> 'success' or late.outcome = 'CHALLENGE')
)
