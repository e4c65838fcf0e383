// One night of password spraying, and the low noise of strangers who try logins all year.
import type { PersonFact } from '../facts.ts';
import { dayMs, hourMs, weekday } from '../zone.ts';
import { agents } from './okta-event.ts';
import { hostile, type Stage } from './profile.ts';
import type { Recorder } from './recorder.ts';
import { act, address, type Employee, employees, partyOf } from './sign-ins.ts';

const guesses = ['admin', 'administrator', 'info', 'test', 'helpdesk', 'root', 'backup', 'scanner', 'payroll', 'it'];
const surnames = ['smith', 'jones', 'brown', 'wilson', 'taylor', 'evans', 'thomas', 'johnson', 'roberts', 'walker'];

export function attacks(stage: Stage, people: readonly PersonFact[], to: Recorder, logStart: number): void {
  const { dice } = to;
  const { zone, profile } = stage;
  const victims = employees(people).filter(({ okta }) => !okta.quiet);
  const try_ = (at: number, known: Employee | undefined, again: boolean) => {
    const place = dice.pick(hostile);
    const typed = `${dice.chance(0.3) ? dice.pick(guesses) : `${dice.pick('abcdefghjklmnprst'.split(''))}.${dice.pick(surnames)}`}@${profile.tenant}.example`;
    const party = known ? partyOf(known) : { id: 'unknown', type: 'User', alternateId: typed, displayName: 'unknown' };
    const browser = { ip: address(place, dice), place, agent: agents[3] };
    const means = { dice, classic: profile.classic, factor: undefined };
    act(to, again ? 'lockedByPassword' : 'wrongPassword', means, { party, person: known }, browser, at);
  };
  // The night of a Sunday some six weeks before the end, while nobody works.
  let night = zone.dayOf(stage.asOf) - 44;
  while (weekday(night) !== 7) night++;
  for (let i = 0; i < profile.sprayed; i++) {
    const at = zone.instant(night) + hourMs + Math.floor((i / profile.sprayed) * 3.5 * hourMs) + dice.int(0, 2000);
    const known = dice.chance(0.4) ? dice.pick(victims) : undefined;
    try_(at, known, known !== undefined && dice.chance(0.02));
  }
  for (let at = logStart + hourMs; at < stage.asOf - hourMs; at += dice.int(hourMs, (dayMs * 2000) / profile.sprayed)) {
    if (dice.chance(0.5)) try_(at, undefined, false);
  }
}
