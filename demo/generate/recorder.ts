// Plays attempts into the Okta log, and writes down beside it what each was meant to be.
import type { AttemptFact, AuthEventFact, PersonFact } from '../facts.ts';
import { hourMs, minuteMs } from '../zone.ts';
import { type Browser, eventJson, type OktaEvent, type Party } from './okta-event.ts';
import type { Stage } from './profile.ts';
import { letters, type Random } from './random.ts';
import type { Chain } from './scenarios.ts';
import { type TextLog, textLog } from './text-log.ts';

export interface Recorder {
  readonly log: TextLog;
  readonly attempts: AttemptFact[];
  readonly events: AuthEventFact[];
  readonly dice: Random;
  /** Nothing may be stored at or after this instant. */
  readonly end: number;
  /** Last successful sign-in by Okta user id. */
  readonly lastLogin: Map<string, number>;
}

/** Who types: `person` undefined for a login that belongs to nobody. */
export interface Actor {
  readonly party: Party;
  readonly person: PersonFact | undefined;
}

export function recorder(stage: Stage, dice: Random): Recorder {
  return { log: textLog(), attempts: [], events: [], dice, end: stage.asOf, lastLogin: new Map() };
}

const signInTypes =
  /^(user\.session\.(start|end)|user\.account\.lock|policy\.evaluate_sign_on|user\.authentication\..*)$/;

/** Stores one event; some come late, and a few come twice. */
export function record(to: Recorder, event: OktaEvent, person: PersonFact | undefined): void {
  const { dice } = to;
  const json = eventJson(event, dice);
  const lag = dice.chance(0.006) ? dice.int(hourMs, 30 * hourMs) : dice.int(200, 3000);
  const persisted = Math.min(event.at + lag, to.end - 1);
  to.log.add(event.at, persisted, json);
  if (dice.chance(0.003)) to.log.add(event.at, Math.min(persisted + dice.int(1000, 20 * minuteMs), to.end - 1), json);
  if (!signInTypes.test(event.type)) return;
  to.events.push({
    source: 'okta',
    at: event.at,
    type: event.type,
    outcome: event.result,
    reason: event.reason,
    login: event.actor.alternateId.toLowerCase(),
    person,
    country: event.browser?.place?.country ?? 'unknown',
    factor: event.factor ?? null,
  });
}

/** Plays one attempt; answers the instant of its last event. A chain that would end after the world is not begun. */
export function play(to: Recorder, chain: Chain, who: Actor, browser: Browser, at: number, classic: boolean): number {
  const length = chain.steps.reduce((sum, { wait }) => sum + wait, 0);
  const start = at + (chain.steps[0]?.wait ?? 0);
  if (at + length >= to.end - minuteMs) return at;
  const { dice } = to;
  const session = chain.linked === 'session' ? `idx${dice.text(letters, 22)}` : undefined;
  let transaction = dice.text(letters, 26);
  let now = at;
  for (const [i, step] of chain.steps.entries()) {
    now += step.wait;
    if (session !== undefined && i > 0 && i % 2 === 0) transaction = dice.text(letters, 26);
    record(
      to,
      {
        at: now,
        type: step.type,
        result: step.result,
        reason: step.reason ?? null,
        actor: who.party,
        browser,
        targets: step.type === 'user.session.start' ? [] : [who.party],
        factor: step.factor,
        session,
        rootSession: classic ? undefined : session,
        transaction: chain.linked === 'address' ? undefined : transaction,
      },
      who.person,
    );
  }
  const starts = (result: string) =>
    chain.steps.filter((step) => step.type === 'user.session.start' && step.result === result).length;
  to.attempts.push({
    source: 'okta',
    startedAt: start,
    login: who.party.alternateId.toLowerCase(),
    person: who.person,
    outcome: chain.outcome,
    reason: chain.reason,
    stage: chain.stage,
    country: browser.place?.country ?? 'unknown',
    ip: browser.ip,
    usedMfa: chain.usedMfa,
    sessionStartSuccess: starts('SUCCESS'),
    sessionStartFailure: starts('FAILURE'),
  });
  if (chain.outcome === 'success') to.lastLogin.set(who.party.id, now);
  return now;
}
