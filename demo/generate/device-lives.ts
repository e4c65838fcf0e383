// How one device record lives: when it checks in, when its verdict turns and when it vanishes.
import type { DeviceMoment } from '../facts.ts';
import { dayMs } from '../zone.ts';
import { officeTime } from './people.ts';
import type { Stage } from './profile.ts';
import type { Random } from './random.ts';

/** A time in which the verdict is not the usual one. */
export interface Spell {
  readonly from: number;
  readonly to: number;
  readonly verdict: string;
  readonly failing: readonly string[];
}

export interface Life {
  /** First appearance; before the history means it was always there. */
  readonly from: number;
  /** No check-in after this. */
  readonly lastContact: number;
  readonly gone: number;
  readonly spells: readonly Spell[];
  /** Spans without any check-in. */
  readonly silent: readonly (readonly [number, number])[];
  readonly osVersion: string;
  /** The system was updated on this instant to this version. */
  readonly upgrade: readonly [number, string] | undefined;
  readonly usually: string;
  readonly managed: boolean;
  /** Jamf: inventories stop here although check-ins go on. */
  readonly inventoryUntil: number;
}

export const forever = Number.POSITIVE_INFINITY;

export const dayTime = (stage: Stage, dice: Random, day: number) =>
  stage.start + Math.floor(day) * dayMs + officeTime(dice);

/** A plain good life; the caller changes what is odd. */
export const goodLife = (from: number, osVersion: string): Life => ({
  from,
  lastContact: forever,
  gone: forever,
  spells: [],
  silent: [],
  osVersion,
  upgrade: undefined,
  usually: 'compliant',
  managed: true,
  inventoryUntil: forever,
});

/** The moments of a record: every check-in, and every turn of the verdict without one (a policy was edited). */
export function momentsOf(stage: Stage, dice: Random, life: Life): DeviceMoment[] {
  const first = Math.max(life.from, dayTime(stage, dice, -dice.int(1, 3)));
  const checkIns = [first];
  for (let at = first; at < stage.asOf; ) {
    at = at - (at % dayMs) + dice.int(3, 6) * dayMs + officeTime(dice);
    if (at >= stage.asOf || at > life.lastContact || at >= life.gone) break;
    if (!life.silent.some(([from, to]) => from <= at && at < to)) checkIns.push(at);
  }
  const turns = life.spells
    .flatMap(({ from, to }) => [from, to])
    .filter((at) => at > first && at < stage.asOf && at < life.gone);
  const times = [...new Set([...checkIns, ...turns])].sort((a, b) => a - b);
  let checkIn = first;
  let inventory = first;
  let osVersion = life.osVersion;
  return times.map((at) => {
    if (checkIns.includes(at)) {
      checkIn = at;
      if (at <= life.inventoryUntil) inventory = at;
      if (life.upgrade && at >= life.upgrade[0]) osVersion = life.upgrade[1];
    }
    const spell = life.spells.find(({ from, to }) => from <= at && at < to);
    return {
      at,
      checkIn,
      inventory,
      managed: life.managed,
      verdict: spell?.verdict ?? life.usually,
      failing: spell?.failing ?? [],
      osVersion,
    };
  });
}

const bad: readonly (readonly [string, number])[] = [
  ['noncompliant', 60],
  ['inGracePeriod', 20],
  ['error', 7],
  ['conflict', 4],
  ['unknown', 5],
];

/** The bad times of an ordinary device: one in three has some, and one week breaks many Windows machines at once. */
export function usualSpells(stage: Stage, dice: Random, platform: string): Spell[] {
  const spells: Spell[] = [];
  if (platform === 'windows' && dice.chance(0.45)) {
    const days = 105 + dice.next() * 2;
    spells.push({
      from: dayTime(stage, dice, days),
      to: dayTime(stage, dice, days + dice.int(6, 9)),
      verdict: dice.chance(0.8) ? 'noncompliant' : 'error',
      failing: [],
    });
  }
  if (dice.chance(0.32)) {
    const day = dice.chance(0.4) ? dice.int(150, 176) : dice.int(2, 95);
    spells.push({
      from: dayTime(stage, dice, day),
      to: day + 25 > 120 && day < 150 ? dayTime(stage, dice, day + 5) : dayTime(stage, dice, day + dice.int(5, 40)),
      verdict: dice.weighted(bad),
      failing: [
        dice.weighted([
          ['filevault', 5],
          ['gatekeeper', 2],
        ]),
      ],
    });
  }
  return spells;
}
