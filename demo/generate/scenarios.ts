// The ways in which one sign-in goes: the events that Okta writes, and beside them what each attempt is meant to count as.
import type { Outcome } from '../facts.ts';
import type { Random } from './random.ts';

export interface Step {
  readonly type: string;
  readonly result: string;
  readonly reason?: string;
  readonly factor?: string;
  /** Milliseconds after the step before. */
  readonly wait: number;
}

/** One attempt. `linked` says by what its events hang together. */
export interface Chain {
  readonly steps: readonly Step[];
  readonly linked: 'session' | 'transaction' | 'address';
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly stage: 'first_factor' | 'second_factor' | 'policy' | null;
  readonly usedMfa: boolean;
}

export interface Means {
  readonly dice: Random;
  readonly classic: boolean;
  /** debugData's name of a second factor that the person holds now. */
  readonly factor: string | undefined;
}

const mfa = 'user.authentication.auth_via_mfa';
const verify = 'user.authentication.verify';
const policy = 'policy.evaluate_sign_on';
const start = 'user.session.start';

const quick = (means: Means) => means.dice.int(300, 2500);
const slow = (means: Means) => means.dice.int(3000, 40_000);
const step = (type: string, result: string, wait: number, rest: Partial<Step> = {}): Step => ({
  type,
  result,
  wait,
  ...rest,
});
const fine = { outcome: 'success', reason: null, stage: null } as const;

/** The password is right: Identity Engine writes it as a factor too, Classic only as the session's start. */
const password = (means: Means): Step[] => [
  ...(means.classic ? [] : [step(mfa, 'SUCCESS', slow(means), { factor: 'PASSWORD_AS_FACTOR' })]),
  step(start, 'SUCCESS', quick(means)),
];
const sso = (means: Means) => step('user.authentication.sso', 'SUCCESS', quick(means));

/** Name → the attempts of the scenario, one after the other; the second number of a pair is the pause before it. */
export const scenarios = {
  withSecondFactor: (means: Means): Chain[] => [
    {
      steps: [
        step(policy, 'CHALLENGE', 0, { reason: 'Sign-on policy evaluation resulted in CHALLENGE' }),
        ...password(means),
        step(mfa, 'SUCCESS', slow(means), secondFactor(means)),
        step(verify, 'SUCCESS', quick(means)),
        ...(means.dice.chance(0.4) ? [sso(means)] : []),
      ],
      linked: 'session',
      usedMfa: true,
      ...fine,
    },
  ],
  remembered: (means: Means): Chain[] => [
    {
      steps: [step(policy, 'ALLOW', 0), ...password(means), step(verify, 'SUCCESS', quick(means))],
      linked: 'session',
      usedMfa: false,
      ...fine,
    },
  ],
  passwordless: (means: Means): Chain[] => [
    {
      steps: [
        step(policy, 'ALLOW', 0),
        step(mfa, 'SUCCESS', slow(means), { factor: 'SIGNED_NONCE' }),
        step(start, 'SUCCESS', quick(means)),
        step(verify, 'SUCCESS', quick(means)),
      ],
      linked: 'session',
      usedMfa: false,
      ...fine,
    },
  ],
  federated: (means: Means): Chain[] => [
    {
      steps: [
        step('user.authentication.auth_via_IDP', 'SUCCESS', 0),
        step(start, 'SUCCESS', quick(means)),
        step(verify, 'SUCCESS', quick(means)),
      ],
      linked: 'session',
      usedMfa: false,
      ...fine,
    },
  ],
  /** Hours later the same session asks once more, and the first answer is wrong: still the one successful attempt. */
  steppedUp: (means: Means): Chain[] => [
    {
      steps: [
        step(policy, 'CHALLENGE', 0, { reason: 'Sign-on policy evaluation resulted in CHALLENGE' }),
        ...password(means),
        step(mfa, 'SUCCESS', slow(means), secondFactor(means)),
        step(verify, 'SUCCESS', quick(means)),
        step(mfa, 'FAILURE', means.dice.int(3_600_000, 14_400_000), {
          ...secondFactor(means),
          reason: 'INVALID_CREDENTIALS',
        }),
        step(mfa, 'SUCCESS', slow(means), secondFactor(means)),
      ],
      linked: 'session',
      usedMfa: true,
      ...fine,
    },
  ],
  wrongPassword: (means: Means): Chain[] => [wrong(means, 'failure')],
  /** A typing mistake, corrected within minutes: the first attempt does not count, the second succeeds. */
  mistyped: (means: Means): Chain[] => [
    { ...wrong(means, 'none'), reason: null, stage: null },
    ...(means.factor === undefined ? scenarios.remembered(means) : scenarios.withSecondFactor(means)),
  ],
  secondFactorRefused: (means: Means): Chain[] => [
    {
      steps: [
        step(policy, 'CHALLENGE', 0, { reason: 'Sign-on policy evaluation resulted in CHALLENGE' }),
        ...password(means),
        step(mfa, 'SKIPPED', slow(means), { factor: 'EMAIL_FACTOR' }),
        step(mfa, 'FAILURE', slow(means), { ...secondFactor(means), reason: 'VERIFICATION_ERROR' }),
      ],
      linked: 'session',
      usedMfa: false,
      outcome: 'failure',
      reason: 'VERIFICATION_ERROR',
      stage: 'second_factor',
    },
  ],
  abandoned: (means: Means): Chain[] => [
    {
      steps: [
        step(policy, 'CHALLENGE', 0, { reason: 'Sign-on policy evaluation resulted in CHALLENGE' }),
        ...password(means),
      ],
      linked: 'session',
      usedMfa: false,
      outcome: 'abandoned',
      reason: null,
      stage: null,
    },
  ],
  denied: (means: Means): Chain[] => [
    {
      steps: [
        step(policy, 'CHALLENGE', 0, { reason: 'Sign-on policy evaluation resulted in CHALLENGE' }),
        step(policy, 'DENY', quick(means), { reason: 'Sign-on policy evaluation resulted in DENY' }),
      ],
      linked: 'transaction',
      usedMfa: false,
      outcome: 'denied',
      reason: 'Sign-on policy evaluation resulted in DENY',
      stage: 'policy',
    },
  ],
  /** The directory locks the account on its own: no failure beside it. */
  locked: (): Chain[] => [
    {
      steps: [step('user.account.lock', 'SUCCESS', 0)],
      linked: 'transaction',
      usedMfa: false,
      outcome: 'locked',
      reason: 'LOCKED_OUT',
      stage: 'first_factor',
    },
  ],
  /** The last wrong password locks the account: the failure decides. */
  lockedByPassword: (means: Means): Chain[] => [
    {
      ...wrong(means, 'failure'),
      steps: [
        step(start, 'FAILURE', 0, { reason: 'INVALID_CREDENTIALS' }),
        step(start, 'FAILURE', slow(means), { reason: 'LOCKED_OUT' }),
        step('user.account.lock', 'SUCCESS', quick(means)),
      ],
      reason: 'LOCKED_OUT',
    },
  ],
  /** VPN: neither session nor transaction, so only address and time chain the events. */
  radius: (means: Means): Chain[] => [
    {
      steps: [1, 2, 3].map((n) =>
        step('user.authentication.auth_via_radius', 'FAILURE', n === 1 ? 0 : means.dice.int(60_000, 500_000), {
          reason: 'INVALID_CREDENTIALS',
        }),
      ),
      linked: 'address',
      usedMfa: false,
      outcome: 'failure',
      reason: 'INVALID_CREDENTIALS',
      stage: 'first_factor',
    },
  ],
  /** An e-mail code is no factor class of its own. */
  emailCode: (means: Means): Chain[] => [
    {
      steps: [
        step(policy, 'CHALLENGE', 0, { reason: 'Sign-on policy evaluation resulted in CHALLENGE' }),
        ...password(means),
        step(mfa, 'SUCCESS', slow(means), { factor: 'EMAIL_FACTOR' }),
        step(verify, 'SUCCESS', quick(means)),
      ],
      linked: 'session',
      usedMfa: false,
      ...fine,
    },
  ],
} as const;
export type ScenarioName = keyof typeof scenarios;

const secondFactor = (means: Means) => ({ factor: means.factor ?? 'SMS_FACTOR' });

const wrong = (means: Means, outcome: Outcome): Chain => ({
  steps: [step(start, 'FAILURE', means.dice.int(0, 200), { reason: 'INVALID_CREDENTIALS' })],
  linked: 'transaction',
  usedMfa: false,
  outcome,
  reason: 'INVALID_CREDENTIALS',
  stage: 'first_factor',
});

const usual: readonly (readonly [ScenarioName, number])[] = [
  ['withSecondFactor', 620],
  ['remembered', 180],
  ['mistyped', 45],
  ['wrongPassword', 40],
  ['secondFactorRefused', 24],
  ['abandoned', 30],
  ['steppedUp', 12],
  ['denied', 10],
  ['lockedByPassword', 4],
  ['locked', 3],
  ['radius', 4],
];
const single: readonly (readonly [ScenarioName, number])[] = [
  ['remembered', 820],
  ['emailCode', 40],
  ['mistyped', 50],
  ['wrongPassword', 50],
  ['denied', 22],
  ['abandoned', 6],
  ['lockedByPassword', 5],
  ['locked', 3],
  ['radius', 4],
];
const withFastPass = [...usual, ['passwordless', 700] as const];
const viaPartner: readonly (readonly [ScenarioName, number])[] = [
  ['federated', 95],
  ['wrongPassword', 5],
];

/** How often each happens to somebody with these means. */
export function likely(means: Means, federated: boolean) {
  if (federated) return viaPartner;
  if (means.factor === undefined) return single;
  return means.factor === 'SIGNED_NONCE' ? withFastPass : usual;
}
