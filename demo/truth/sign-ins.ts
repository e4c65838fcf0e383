// Sign-in attempts and events as they were meant.
import type { AttemptFact, AuthEventFact } from '../facts.ts';
import { count, distinct, type Measure, percent, sum } from './arithmetic.ts';
import type { Ground } from './ground.ts';
import type { View } from './query.ts';
import { departmentOf } from './users.ts';

type AttemptRow = AttemptFact & {
  readonly started_on: number;
  readonly department: string;
  readonly is_known_user: boolean;
  readonly source_system: string;
};

export function attemptsView({ facts, zone }: Ground): View<AttemptRow> {
  const rows = facts.attempts.map((attempt) => ({
    ...attempt,
    started_on: zone.dayOf(attempt.startedAt),
    department: departmentOf(attempt.person),
    is_known_user: attempt.person !== undefined,
    source_system: attempt.source,
  }));
  const ended = (...outcomes: string[]): Measure<AttemptRow> => count((row) => outcomes.includes(row.outcome));
  const failed = ended('failure', 'denied', 'locked');
  const decided = ended('success', 'failure', 'denied', 'locked');
  const simpleFailures: Measure<AttemptRow> = sum((row) => row.sessionStartFailure);
  const simple: Measure<AttemptRow> = sum((row) => row.sessionStartFailure + row.sessionStartSuccess);
  const withMfa: Measure<AttemptRow> = count((row) => row.outcome === 'success' && row.usedMfa);
  return {
    rows,
    measures: {
      attempt_count: count(),
      success: ended('success'),
      failure: ended('failure'),
      denied: ended('denied'),
      locked: ended('locked'),
      abandoned: ended('abandoned'),
      failed_attempts: failed,
      decided_attempts: decided,
      login_failure_rate_pct: percent(failed, decided),
      abandoned_pct: percent(ended('abandoned'), ended('success', 'failure', 'denied', 'locked', 'abandoned')),
      simple_failures: simpleFailures,
      simple_sign_ins: simple,
      login_failure_rate_simple_pct: percent(simpleFailures, simple),
      distinct_users: distinct((row) => row.person?.email),
      mfa_sign_ins: withMfa,
      mfa_sign_in_pct: percent(withMfa, ended('success')),
    },
  };
}

type EventRow = AuthEventFact & {
  readonly occurred_on: number;
  readonly event_type: string;
  readonly factor_class: string | null;
  readonly source_system: string;
};

export function eventsView({ facts, zone }: Ground): View<EventRow> {
  const rows = facts.events.map((event) => ({
    ...event,
    occurred_on: zone.dayOf(event.at),
    event_type: event.type,
    factor_class: classOf(event.factor),
    source_system: event.source,
  }));
  return { rows, measures: { event_count: count(), distinct_users: distinct((row) => row.person?.email) } };
}

function classOf(factor: string | null): string | null {
  if (factor === null || factor === 'EMAIL_FACTOR') return null;
  return factor === 'PASSWORD_AS_FACTOR' || factor === 'SECURITY_QUESTION' ? 'knowledge' : 'possession';
}
