// Decides who works at a tenant, when each account could sign in, and which factors each person had when.
import type { FactorFact, PersonFact, Span } from '../facts.ts';
import { dayMs, hourMs, minuteMs } from '../zone.ts';
import { departments, firstNames, lastNames } from './names.ts';
import { oddAccounts } from './odd-accounts.ts';
import type { Stage } from './profile.ts';
import { letters, type Random, random } from './random.ts';

export const always: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
export const since = (from: number): Span => ({ from, to: Number.POSITIVE_INFINITY });

/** Everyone with an Okta account, then the few that only other systems know. */
export function makePeople(stage: Stage): PersonFact[] {
  const dice = random(stage.seed, `${stage.profile.tenant}|people`);
  const mint = newcomer(stage, dice);
  const { people, joiners, leavers } = stage.profile;
  const staff = Array.from({ length: people }, (_, i) => {
    const created = stage.start - dice.int(30, 1500) * dayMs + officeTime(dice);
    const leaves = i < leavers ? stage.start + dice.int(5, 175) * dayMs + officeTime(dice) : undefined;
    return ordinary(stage, dice, mint(), created, created + dice.int(1, 20) * hourMs, leaves);
  });
  const arrivals = Array.from({ length: joiners }, (_, i) => {
    const day = 6 + Math.floor((i * 172) / joiners);
    const created = stage.start + day * dayMs + officeTime(dice);
    return ordinary(stage, dice, mint(), created, created + dice.int(1, 40) * minuteMs, undefined);
  });
  return [...staff, ...arrivals, ...oddAccounts(stage, dice, mint)];
}

/** Between 13:00 and 16:00 UTC, which is day in all three zones. */
export const officeTime = (dice: Random) => dice.int(13 * hourMs, 16 * hourMs - 1);

export type Newcomer = Omit<PersonFact, 'okta'> & { readonly oktaId: string };

function newcomer(stage: Stage, dice: Random): () => Newcomer {
  const taken = new Set<string>();
  const domain = `${stage.profile.tenant}.example`;
  return () => {
    const [firstName, lastName] = [dice.pick(firstNames), dice.pick(lastNames)];
    let local = `${firstName}.${lastName}`.toLowerCase();
    for (let n = 2; taken.has(local); n++) local = `${firstName}.${lastName}${n}`.toLowerCase();
    taken.add(local);
    const home = dice.weighted(stage.profile.places);
    return {
      email: `${local}@${domain}`,
      firstName,
      lastName,
      department: dice.chance(0.02) ? undefined : dice.weighted(departments),
      country: home.country,
      city: home.city,
      oktaId: `00u${dice.text(letters, 17)}`,
      entraId: dice.chance(0.97) ? dice.uuid() : undefined,
      jiraAccountId: dice.chance(0.8) ? `712020:${dice.uuid()}` : undefined,
      jiraShowsEmail: dice.chance(0.6),
    };
  };
}

function ordinary(
  stage: Stage,
  dice: Random,
  who: Newcomer,
  created: number,
  activated: number,
  leaves: number | undefined,
): PersonFact {
  const { oktaId, ...person } = who;
  return {
    ...person,
    okta: {
      id: oktaId,
      login: person.email,
      status: leaves === undefined ? 'ACTIVE' : 'DEPROVISIONED',
      userType: dice.chance(0.1) ? 'contractor' : 'employee',
      federated: false,
      isAdmin: leaves === undefined && dice.chance(0.02),
      created,
      activated,
      canSignIn: [{ from: activated, to: leaves ?? Number.POSITIVE_INFINITY }],
      factors: usualFactors(stage, dice, created, activated, leaves),
      quiet: false,
    },
  };
}

/** The roll-out: six of ten had a factor before, most others enrol along a slow S through the history. */
function usualFactors(stage: Stage, dice: Random, created: number, activated: number, leaves: number | undefined) {
  const end = leaves ?? stage.asOf;
  const draw = dice.next();
  let enrolled: number | undefined;
  if (created >= stage.start)
    enrolled = draw < 0.93 ? activated + dice.int(1, 9) * dayMs + dice.int(0, 2) * hourMs : undefined;
  else if (draw < 0.6) enrolled = created + dice.int(1, 20) * dayMs + dice.int(1, 9) * minuteMs;
  else if (draw < 0.94) {
    const wave = (dice.next() + dice.next() + dice.next()) / 3;
    enrolled = stage.start + (10 + Math.floor(wave * 160)) * dayMs + officeTime(dice);
  }
  const email = factor(dice, 'email', created, activated + minuteMs, undefined);
  if (enrolled === undefined || enrolled >= end - dayMs) return dice.chance(0.5) ? [email] : [];
  const kind = dice.weighted(kinds);
  const made = kind.map((type) => factor(dice, type, enrolled, enrolled, undefined));
  // Some replace SMS by a passkey later on.
  const swap = stage.start + dice.int(60, 170) * dayMs + officeTime(dice);
  if (kind[0] === 'sms' && dice.chance(0.45) && swap > enrolled + dayMs && swap < end - dayMs) {
    return [
      factor(dice, 'sms', enrolled, enrolled, swap),
      factor(dice, 'webauthn', swap, swap - 5 * minuteMs, undefined),
    ];
  }
  return dice.chance(0.3) ? [...made, email] : made;
}

const kinds: readonly (readonly [readonly string[], number])[] = [
  [['push', 'token:software:totp'], 46],
  [['webauthn'], 12],
  [['signed_nonce', 'push'], 12],
  [['sms'], 18],
  [['token:software:totp'], 7],
  [['call'], 2],
  [['token:hardware'], 2],
  [['web'], 1],
];

/** An ACTIVE factor from `from`, removed at `until` where given. */
export function factor(
  dice: Random,
  type: string,
  created: number,
  from: number,
  until: number | undefined,
): FactorFact {
  return {
    id: `${factorPrefix[type] ?? 'fuf'}${dice.text(letters, 17)}`,
    type,
    status: until === undefined ? 'ACTIVE' : undefined,
    created: Math.min(created, from),
    active: [{ from, to: until ?? Number.POSITIVE_INFINITY }],
    endedBy: 'deactivate',
  };
}

const factorPrefix: Readonly<Record<string, string>> = {
  push: 'opf',
  'token:software:totp': 'ost',
  sms: 'sms',
  call: 'clf',
  email: 'emf',
  webauthn: 'fwf',
  question: 'ufs',
};
