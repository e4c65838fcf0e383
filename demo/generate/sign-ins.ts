// The everyday sign-ins: who comes in on which day, from where, and how it goes.
import { holdsAt, type OktaFact, type PersonFact } from '../facts.ts';
import { dayMs, hourMs, minuteMs, weekday } from '../zone.ts';
import { agents, type Browser } from './okta-event.ts';
import { abroad, type Place, type Stage } from './profile.ts';
import type { Random } from './random.ts';
import { type Actor, play, type Recorder } from './recorder.ts';
import { likely, type Means, type ScenarioName, scenarios } from './scenarios.ts';

/** debugData's name of each factor that a person may sign in with. */
export const factorNames: Readonly<Record<string, string>> = {
  sms: 'SMS_FACTOR',
  call: 'CALL_FACTOR',
  push: 'OKTA_VERIFY_PUSH',
  'token:software:totp': 'OKTA_SOFT_TOKEN',
  webauthn: 'FIDO_WEBAUTHN',
  u2f: 'FIDO_U2F',
  signed_nonce: 'SIGNED_NONCE',
  web: 'DUO_SECURITY',
  'token:hardware': 'YUBIKEY_TOKEN',
  email: 'EMAIL_FACTOR',
  question: 'SECURITY_QUESTION',
  password: 'PASSWORD_AS_FACTOR',
};
const weak = ['email', 'question'];

export type Employee = PersonFact & { readonly okta: OktaFact };
export const employees = (people: readonly PersonFact[]) =>
  people.filter((one): one is Employee => one.okta !== undefined);

export const partyOf = (one: Employee, typed = one.okta.login) => ({
  id: one.okta.id,
  type: 'User',
  alternateId: typed,
  displayName: `${one.firstName} ${one.lastName}`,
});

/** What somebody can sign in with at an instant. */
export function meansOf(one: Employee, at: number, stage: Stage, dice: Random): Means {
  const held = one.okta.factors.filter(({ type, active }) => !weak.includes(type) && holdsAt(active, at));
  const best = held.find(({ type }) => type === 'signed_nonce') ?? (held.length > 0 ? dice.pick(held) : undefined);
  return { dice, classic: stage.profile.classic, factor: best && factorNames[best.type] };
}

export const address = (place: Place, dice: Random) => `${place.network}.${dice.int(0, 255)}.${dice.int(1, 254)}`;

/** Plays one scenario, its attempts a minute or two apart. */
export function act(to: Recorder, name: ScenarioName, means: Means, who: Actor, browser: Browser, at: number): void {
  let now = at;
  for (const chain of scenarios[name](means)) {
    now = play(to, chain, who, browser, now, means.classic) + to.dice.int(10_000, 2 * minuteMs);
  }
}

export function everydaySignIns(stage: Stage, people: readonly PersonFact[], to: Recorder, logStart: number): void {
  const { zone, profile, asOf } = stage;
  const { dice } = to;
  const staff = employees(people).filter(({ okta }) => !okta.quiet && okta.userType !== 'service');
  const homes = new Map(profile.places.map(([place]) => [place.city, place]));
  const desks = new Map<Employee, Browser[]>();
  for (const one of staff) {
    const home = homes.get(one.city);
    desks.set(
      one,
      [0, 1].map(() => ({ ip: address(home as Place, dice), place: home, agent: dice.pick(agents) })),
    );
  }
  for (let day = zone.dayOf(logStart); day <= zone.dayOf(asOf); day++) {
    const share = weekday(day) > 5 ? profile.signInsPerWorkday / 12 : profile.signInsPerWorkday;
    for (const one of staff) {
      if (!dice.chance(share)) continue;
      const hour = dice.chance(0.7) ? dice.normal(9.1, 0.9) : dice.between(7, 19);
      const at = zone.instant(day) + Math.floor(Math.min(20, Math.max(6, hour)) * hourMs) + dice.int(0, minuteMs);
      if (at < logStart + hourMs || at > asOf - 20 * minuteMs || !holdsAt(one.okta.canSignIn, at)) continue;
      const means = meansOf(one, at, stage, dice);
      const browser = whereFrom(desks.get(one) as Browser[], dice);
      const typed = dice.chance(0.02) ? one.okta.login.toUpperCase() : one.okta.login;
      const scenario = dice.weighted(likely(means, one.okta.federated));
      act(to, scenario, means, { party: partyOf(one, typed), person: one }, browser, at);
    }
  }
}

function whereFrom(desks: readonly Browser[], dice: Random): Browser {
  const desk = dice.pick(desks);
  if (dice.chance(0.02)) {
    const place = dice.pick(abroad);
    return { ip: address(place, dice), place, agent: desk.agent };
  }
  return dice.chance(0.005) ? { ...desk, place: undefined } : desk;
}

/** Odd sign-ins with a name: at the edges of the tenant's day and across a change of the clocks. */
export function oddSignIns(stage: Stage, people: readonly PersonFact[], to: Recorder, logStart: number): void {
  const { zone } = stage;
  const quiet = employees(people).filter(({ okta }) => okta.quiet && okta.userType === 'employee' && !okta.federated);
  const today = zone.dayOf(stage.asOf);
  const [place] = stage.profile.places[0] as (typeof stage.profile.places)[number];
  const browser: Browser = { ip: address(place, to.dice), place, agent: agents[0] };
  const at = (nth: number, scenario: ScenarioName, when: number) => {
    const able = quiet.filter(({ okta }) => holdsAt(okta.canSignIn, when));
    const one = able[nth % able.length];
    if (!one || when <= logStart) return;
    act(to, scenario, meansOf(one, when, stage, to.dice), { party: partyOf(one), person: one }, browser, when);
  };
  at(0, 'remembered', zone.instant(today - 5) - 1);
  at(1, 'remembered', zone.instant(today - 5));
  at(2, 'wrongPassword', zone.instant(today - 12) - 500);
  at(3, 'locked', zone.instant(today - 12));
  at(4, 'abandoned', zone.instant(today - 30) - 1);
  at(5, 'denied', zone.instant(today - 30));
  for (let day = zone.dayOf(logStart) + 1; day < today; day++) {
    const length = zone.instant(day + 1) - zone.instant(day);
    if (length === dayMs) continue;
    for (const [nth, since] of [hourMs / 2, hourMs * 1.5, hourMs * 2.5, length - 1].entries()) {
      at(6 + nth, nth % 2 === 0 ? 'wrongPassword' : 'remembered', zone.instant(day) + since);
    }
  }
}
