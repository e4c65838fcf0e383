// The log's other half: accounts made, activated, suspended and closed, factors enrolled and removed, and events that are no sign-in.
import type { PersonFact, Span } from '../facts.ts';
import { dayMs, hourMs } from '../zone.ts';
import type { Stage } from './profile.ts';
import { letters, type Random } from './random.ts';
import { type Recorder, record } from './recorder.ts';
import { type Employee, employees, factorNames, partyOf } from './sign-ins.ts';

const console_ = {
  id: '00usystemadmin000001',
  type: 'User',
  alternateId: 'system@okta.example',
  displayName: 'Okta Console',
};
const robot = {
  id: '00usystemprincipal01',
  type: 'SystemPrincipal',
  alternateId: 'system@okta.com',
  displayName: 'Okta System',
};

export function accountEvents(stage: Stage, people: readonly PersonFact[], to: Recorder, logStart: number): void {
  const inLog = (at: number) => at >= logStart && at < stage.asOf;
  const write = (at: number, type: string, one: Employee, factor?: string) =>
    record(
      to,
      {
        at,
        type,
        result: 'SUCCESS',
        reason: type === 'user.mfa.factor.activate' ? `User set up ${factor} factor` : null,
        actor: factor === undefined ? console_ : partyOf(one),
        browser: undefined,
        targets: [partyOf(one)],
        factor,
        session: undefined,
        rootSession: undefined,
        transaction: to.dice.text(letters, 26),
      },
      one,
    );
  for (const one of employees(people)) {
    const { okta } = one;
    if (inLog(okta.created)) write(okta.created, 'user.lifecycle.create', one);
    for (const [at, type] of lifecycle(one)) if (inLog(at)) write(at, type, one);
    const resets = new Set<number>();
    for (const factor of okta.factors) {
      const name = factorNames[factor.type];
      for (const [i, span] of factor.active.entries()) {
        if (inLog(span.from))
          write(span.from, i === 0 ? 'user.mfa.factor.activate' : 'user.mfa.factor.unsuspend', one, name);
        if (!inLog(span.to)) continue;
        if (factor.endedBy === 'reset_all') resets.add(span.to);
        else write(span.to, `user.mfa.factor.${factor.endedBy}`, one, name);
      }
    }
    for (const at of resets) write(at, 'user.mfa.factor.reset_all', one);
  }
}

function lifecycle(one: Employee): (readonly [number, string])[] {
  const { canSignIn, status } = one.okta;
  const closing = status === 'DEPROVISIONED' ? 'user.lifecycle.deactivate' : 'user.lifecycle.suspend';
  return canSignIn.flatMap((span: Span, i) => [
    [span.from, i === 0 ? 'user.lifecycle.activate' : 'user.lifecycle.unsuspend'] as const,
    [span.to, i === canSignIn.length - 1 ? closing : 'user.lifecycle.suspend'] as const,
  ]);
}

/** Agents that connect and tokens that are granted: in the log, in no metric. The first opens the log. */
export function machineEvents(stage: Stage, to: Recorder, logStart: number, dice: Random): void {
  for (let at = logStart; at < stage.asOf; at += dice.int(hourMs, 12 * hourMs)) {
    record(
      to,
      {
        at,
        type: dice.chance(0.5) ? 'system.agent.ad.connect' : 'app.oauth2.token.grant.access_token',
        result: dice.chance(0.97) ? 'SUCCESS' : 'FAILURE',
        reason: null,
        actor: robot,
        browser: undefined,
        targets: [],
        factor: undefined,
        session: undefined,
        rootSession: undefined,
        transaction: dice.text(letters, 26),
      },
      undefined,
    );
  }
}
export const logLength = 178 * dayMs;
