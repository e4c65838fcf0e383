// People as they are, and day by day.
import { holdsAt, type PersonFact } from '../facts.ts';
import { count, type Measure, percent } from './arithmetic.ts';
import type { Ground } from './ground.ts';
import type { View } from './query.ts';

interface UserRow {
  readonly department: string;
  readonly okta_status: string | null;
  readonly mfa_state: string;
  readonly strongest_factor: string;
  readonly exclusion_reason: string | null;
  readonly isAdmin: boolean;
  readonly population: boolean;
  readonly enrolled: boolean;
  readonly resistant: boolean;
}

const strength = [
  ...['webauthn', 'u2f', 'signed_nonce', 'push', 'token:hardware', 'token:software:totp', 'token:hotp', 'token', 'web'],
  ...['sms', 'call', 'email', 'question'],
];
const noEnrolment = new Set(['email', 'question', 'password']);
const phishingResistant = new Set(['webauthn', 'u2f', 'signed_nonce']);

export const departmentOf = (person: PersonFact | undefined) => person?.department ?? 'unknown';
const isService = (person: PersonFact) => person.okta?.userType.toLowerCase() === 'service';

/** What anybody could say of a person's MFA at an instant. */
function mfaAt(person: PersonFact, at: number) {
  const { okta } = person;
  const active = (okta?.factors ?? []).filter((factor) => holdsAt(factor.active, at)).map(({ type }) => type);
  const population = okta !== undefined && !isService(person) && holdsAt(okta.canSignIn, at);
  const has = active.some((type) => !noEnrolment.has(type));
  const state = okta?.federated ? 'delegated' : has ? 'enrolled' : 'not_enrolled';
  const enrolled = population && state === 'enrolled';
  return {
    active,
    population,
    mfa_state: state,
    enrolled,
    resistant: enrolled && active.some((type) => phishingResistant.has(type)),
  };
}

function exclusion(person: PersonFact): string | null {
  if (!person.okta) return 'no_okta_account';
  const { status } = person.okta;
  if (['STAGED', 'PROVISIONED', 'SUSPENDED', 'DEPROVISIONED'].includes(status)) return status.toLowerCase();
  return isService(person) ? 'service_account' : null;
}

export function usersView({ facts, asOf }: Ground): View<UserRow> {
  const persons = facts.persons.filter(
    ({ okta, entraId, jiraAccountId, jiraShowsEmail }) => okta || entraId || (jiraAccountId && jiraShowsEmail),
  );
  const rows = persons.map((person): UserRow => {
    const now = mfaAt(person, asOf - 1);
    return {
      ...now,
      department: departmentOf(person),
      okta_status: person.okta?.status ?? null,
      strongest_factor: strength.find((type) => now.active.includes(type)) ?? 'none',
      exclusion_reason: exclusion(person),
      isAdmin: person.okta?.isAdmin ?? false,
    };
  });
  const population = count<UserRow>((row) => row.population);
  const enrolled = count<UserRow>((row) => row.enrolled);
  const resistant = count<UserRow>((row) => row.resistant);
  return {
    rows,
    measures: {
      user_count: count(),
      mfa_population: population,
      mfa_enrolled: enrolled,
      mfa_adoption_pct: percent(enrolled, population),
      mfa_unknown: count((row) => row.population && row.mfa_state === 'unknown'),
      mfa_phishing_resistant: resistant,
      mfa_phishing_resistant_pct: percent(resistant, population),
      admins_without_mfa: count((row) => row.isAdmin && row.population && !row.enrolled),
      mfa_excluded: count((row) => !row.population),
    },
  };
}

interface UserDay {
  readonly state_on: number;
  readonly department: string;
  readonly mfa_state: string;
  readonly population: boolean;
  readonly enrolled: boolean;
  readonly resistant: boolean;
}

export function userStatesView({ facts, zone, asOf, endOf, today }: Ground): View<UserDay> {
  const rows = facts.persons.flatMap((person) => {
    if (!person.okta || person.okta.created >= asOf) return [];
    const first = Math.max(zone.dayOf(person.okta.created), zone.dayOf(facts.logStart));
    return Array.from({ length: today - first + 1 }, (_, i): UserDay => {
      const { active: _active, ...state } = mfaAt(person, endOf(first + i) - 1);
      return { ...state, state_on: first + i, department: departmentOf(person) };
    });
  });
  const population: Measure<UserDay> = count((row) => row.population);
  const enrolled: Measure<UserDay> = count((row) => row.enrolled);
  const resistant: Measure<UserDay> = count((row) => row.resistant);
  return {
    rows,
    measures: {
      mfa_population: population,
      mfa_enrolled: enrolled,
      mfa_adoption_pct: percent(enrolled, population),
      mfa_phishing_resistant: resistant,
      mfa_phishing_resistant_pct: percent(resistant, population),
    },
  };
}
