// Laws that rows must keep besides keys, types and nulls; a broken one fails the build, and the last good release stays.
export interface Check {
  readonly model: string;
  readonly name: string;
  /** A select of the number of rows that break the law. */
  violations(table: string): string;
}

/** A row of which it cannot be told whether it is wrong (null) is wrong. */
const rows = (model: string, name: string, wrong: string): Check => ({
  model,
  name,
  violations: (table) => `select count(*) from ${table} where (${wrong}) is not false`,
});

export const checks: readonly Check[] = [
  rows(
    'fact_issue_backlog_day',
    'open_end = open_start + opened + reopened + moved_in - closed - moved_out - deleted',
    'open_end <> open_start + opened + reopened + moved_in - closed - moved_out - deleted',
  ),
  rows(
    'fact_issue_backlog_day',
    'no count is negative',
    'least(open_start, opened, reopened, closed, moved_in, moved_out, deleted, open_end) < 0',
  ),
  {
    model: 'fact_issue_backlog_day',
    name: 'a day ends as the next begins, and no day is missing',
    violations: (table) => `
      select count(*)
      from (
        select
          open_start <> coalesce(lag(open_end) over days, 0) as broken,
          backlog_on - lag(backlog_on) over days <> 1 as skipped
        from ${table}
        window days as (partition by project_id order by backlog_on)
      )
      where broken or skipped`,
  },
  rows('dim_user', 'who is enrolled is in the population', 'is_mfa_enrolled and not in_mfa_population'),
  rows('dim_user', 'who is phishing resistant is enrolled', 'is_phishing_resistant and not is_mfa_enrolled'),
  rows('dim_user', 'in the population or with a reason why not', 'in_mfa_population <> (exclusion_reason is null)'),
  rows('dim_user', 'mfa_state is known', "mfa_state not in ('enrolled', 'not_enrolled', 'delegated', 'unknown')"),
  rows('fact_user_state', 'who is enrolled is in the population', 'is_mfa_enrolled and not in_mfa_population'),
  rows('dim_device', 'in scope or with a reason why not', 'in_scope <> (exclusion_reason is null)'),
  rows('dim_device', 'compliance_state is known', "compliance_state not in ('compliant', 'noncompliant', 'unknown')"),
  rows(
    'fact_device_state',
    'compliance_state is known',
    "compliance_state not in ('compliant', 'noncompliant', 'unknown')",
  ),
  rows(
    'fact_auth_attempt',
    'outcome is known',
    "outcome not in ('success', 'failure', 'denied', 'locked', 'abandoned', 'none')",
  ),
  rows('fact_auth_attempt', 'an attempt ends no earlier than it starts', 'ended_at < started_at or event_count < 1'),
  rows(
    'fact_issue',
    'what counts for MTTR is resolved and took time',
    'counts_for_mttr and (resolved_at is null or ms_to_resolve <= 0 or mttr_exclusion is not null)',
  ),
  rows('fact_issue', 'an open issue has no resolution in force', 'is_open and resolved_at is not null'),
  rows('fact_issue_transition', 'no transition both closes and reopens', 'is_close and is_reopen'),
];
