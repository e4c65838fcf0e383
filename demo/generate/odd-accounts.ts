// The named odd cases of accounts and factors: each exists once per tenant and never signs in by chance.
import type { FactorFact, OktaFact, PersonFact } from '../facts.ts';
import { dayMs, hourMs, minuteMs } from '../zone.ts';
import { factor, type Newcomer, officeTime, since } from './people.ts';
import type { Stage } from './profile.ts';
import type { Random } from './random.ts';

type Odd = (
  stage: Stage,
  dice: Random,
  old: number,
) => Partial<OktaFact> & { readonly factors?: readonly FactorFact[] };

const at = (stage: Stage, day: number) => stage.start + day * dayMs + 14 * hourMs;
const never = { canSignIn: [] };

/** Name of the case → what is odd about the account. `old` is a time long before the history. */
export const oddCases: Readonly<Record<string, Odd>> = {
  'only password and e-mail': (_, dice, old) => ({ factors: [factor(dice, 'email', old, old, undefined)] }),
  'only a security question': (_, dice, old) => ({ factors: [factor(dice, 'question', old, old, undefined)] }),
  'SMS only': (_, dice, old) => ({ factors: [factor(dice, 'sms', old, old, undefined)] }),
  'push waits for activation': (_, dice, old) => ({
    factors: [{ ...factor(dice, 'push', old, old, undefined), status: 'PENDING_ACTIVATION', active: [] }],
  }),
  'passkey suspended by an administrator': (stage, dice, old) => ({
    factors: [
      {
        ...factor(dice, 'webauthn', old, old, undefined),
        status: 'INACTIVE',
        active: [{ from: old, to: at(stage, 120) }],
        endedBy: 'suspend',
      },
    ],
  }),
  'passkey suspended and given back': (stage, dice, old) => ({
    factors: [
      {
        ...factor(dice, 'webauthn', old, old, undefined),
        active: [{ from: old, to: at(stage, 100) }, since(at(stage, 110))],
        endedBy: 'suspend',
      },
    ],
  }),
  'factors reset, then enrolled anew': (stage, dice) => ({
    created: at(stage, 20),
    activated: at(stage, 20) + hourMs,
    canSignIn: [since(at(stage, 20) + hourMs)],
    factors: [
      { ...factor(dice, 'push', at(stage, 22), at(stage, 22), at(stage, 60)), endedBy: 'reset_all' },
      { ...factor(dice, 'sms', at(stage, 22), at(stage, 22) + minuteMs, at(stage, 60)), endedBy: 'reset_all' },
      factor(dice, 'push', at(stage, 64), at(stage, 64), undefined),
    ],
  }),
  'federated, the other side does MFA': () => ({ federated: true }),
  'federated with a factor of its own': (_, dice, old) => ({
    federated: true,
    factors: [factor(dice, 'webauthn', old, old, undefined)],
  }),
  staged: () => ({ status: 'STAGED', activated: undefined, ...never }),
  'staged in the history': (stage) => ({ status: 'STAGED', created: at(stage, 150), activated: undefined, ...never }),
  provisioned: () => ({ status: 'PROVISIONED', activated: undefined, ...never }),
  suspended: (stage, dice, old) => ({
    status: 'SUSPENDED',
    canSignIn: [{ from: old, to: at(stage, 90) }],
    factors: [factor(dice, 'sms', old, old, undefined)],
  }),
  'suspended for two weeks': (stage, dice, old) => ({
    canSignIn: [{ from: old, to: at(stage, 70) }, since(at(stage, 84))],
    factors: [factor(dice, 'push', old, old, undefined)],
  }),
  deprovisioned: (stage, dice, old) => ({
    status: 'DEPROVISIONED',
    canSignIn: [{ from: old, to: at(stage, 40) }],
    factors: [factor(dice, 'push', old, old, undefined)],
  }),
  'deprovisioned long ago': () => ({ status: 'DEPROVISIONED', ...never }),
  'in recovery': (_, dice, old) => ({ status: 'RECOVERY', factors: [factor(dice, 'push', old, old, undefined)] }),
  'password expired': () => ({ status: 'PASSWORD_EXPIRED' }),
  'locked out': (_, dice, old) => ({ status: 'LOCKED_OUT', factors: [factor(dice, 'call', old, old, undefined)] }),
  'service account': () => ({ userType: 'service' }),
  'service account with a factor': (_, dice, old) => ({
    userType: 'Service',
    factors: [factor(dice, 'token:software:totp', old, old, undefined)],
  }),
  'suspended service account': (stage, _dice, old) => ({
    userType: 'service',
    status: 'SUSPENDED',
    canSignIn: [{ from: old, to: at(stage, 30) }],
  }),
  'administrator without MFA': () => ({ isAdmin: true }),
  'administrator with a passkey': (_, dice, old) => ({
    isAdmin: true,
    factors: [factor(dice, 'webauthn', old, old, undefined), factor(dice, 'signed_nonce', old, old, undefined)],
  }),
  'activated in the last hours': (stage) => ({
    created: stage.asOf - 6 * hourMs,
    activated: stage.asOf - 5 * hourMs,
    canSignIn: [since(stage.asOf - 5 * hourMs)],
  }),
  'enrolled a minute before midnight': (stage, dice) => {
    const midnight = stage.zone.instant(stage.zone.dayOf(stage.asOf) - 20);
    return { factors: [factor(dice, 'push', midnight - minuteMs, midnight - minuteMs, undefined)] };
  },
  'enrolled at midnight': (stage, dice) => {
    const midnight = stage.zone.instant(stage.zone.dayOf(stage.asOf) - 20);
    return { factors: [factor(dice, 'sms', midnight, midnight, undefined)] };
  },
};

export function oddAccounts(stage: Stage, dice: Random, mint: () => Newcomer): PersonFact[] {
  const made = Object.values(oddCases).map((odd): PersonFact => {
    const { oktaId, ...person } = mint();
    const old = stage.start - dice.int(60, 900) * dayMs + officeTime(dice);
    return {
      ...person,
      okta: {
        id: oktaId,
        login: person.email,
        status: 'ACTIVE',
        userType: 'employee',
        federated: false,
        isAdmin: false,
        created: old - hourMs,
        activated: old,
        canSignIn: [since(old)],
        factors: [],
        quiet: true,
        ...odd(stage, dice, old + minuteMs),
      },
    };
  });
  const [loginDiffers, ...rest] = made as [PersonFact, ...PersonFact[]];
  return [withOtherLogin(loginDiffers, stage), ...rest, ...strangers(stage, dice, mint)];
}

/** Okta's login need not be the e-mail, and neither needs to be lower case. */
function withOtherLogin(person: PersonFact, stage: Stage): PersonFact {
  if (!person.okta) return person;
  const login = `${person.firstName[0]}${person.lastName}.legacy@${stage.profile.tenant}.example`.toLowerCase();
  return { ...person, okta: { ...person.okta, login } };
}

/** People that only Entra or only Jira knows. */
function strangers(stage: Stage, dice: Random, mint: () => Newcomer): PersonFact[] {
  const outside = () => {
    const { oktaId: _, ...person } = mint();
    return { ...person, okta: undefined, department: undefined };
  };
  const guest = outside();
  const partner = outside();
  return [
    {
      ...guest,
      email: `guest.${guest.lastName.toLowerCase()}@partner.example`,
      entraId: dice.uuid(),
      jiraAccountId: undefined,
    },
    {
      ...partner,
      email: `contractor.${partner.lastName.toLowerCase()}@supplier-${stage.profile.tenant}.example`,
      entraId: undefined,
      jiraAccountId: `712020:${dice.uuid()}`,
      jiraShowsEmail: true,
    },
  ];
}
