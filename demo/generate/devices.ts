// The devices of a tenant: who has which, in which systems it is known, and how it fares.
import type { DeviceFact, DeviceRecordFact, PersonFact } from '../facts.ts';
import { dayMs } from '../zone.ts';
import { dayTime, forever, goodLife, type Life, momentsOf, usualSpells } from './device-lives.ts';
import { oddDevices } from './odd-devices.ts';
import type { Stage } from './profile.ts';
import { type Random, random } from './random.ts';
import { type Employee, employees } from './sign-ins.ts';

const capitals = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

/** Makes one record; what is not said is ordinary. */
export type MakeRecord = (
  record: Partial<DeviceRecordFact> & Pick<DeviceRecordFact, 'system' | 'platform'>,
  life: Life,
) => DeviceRecordFact;

export interface Workshop {
  readonly stage: Stage;
  readonly dice: Random;
  readonly make: MakeRecord;
  readonly serial: () => string;
}

export function makeDevices(stage: Stage, people: readonly PersonFact[]): DeviceFact[] {
  const dice = random(stage.seed, `${stage.profile.tenant}|devices`);
  const workshop = openWorkshop(stage, dice);
  const settled = stage.asOf - 4 * dayMs;
  const staff = employees(people).filter(
    ({ okta }) => okta.userType !== 'service' && okta.activated !== undefined && okta.activated < settled,
  );
  const everyday = staff.flatMap((one) => [
    laptop(workshop, one),
    ...(dice.chance(0.16) ? [phone(workshop, one)] : []),
  ]);
  return [...everyday, ...oddDevices(workshop, staff)];
}

function openWorkshop(stage: Stage, dice: Random): Workshop {
  const counts = { computer: 0, mobile: 0 };
  const prefix = { windows: 'W', macos: 'M', ios: 'I', android: 'A', linux: 'L' } as Readonly<Record<string, string>>;
  let named = 100;
  return {
    stage,
    dice,
    serial: () => dice.text(capitals, 12),
    make(record, life) {
      const kind = record.kind ?? (record.platform === 'ios' || record.platform === 'android' ? 'mobile' : 'computer');
      const id = record.system === 'intune' ? dice.uuid() : String(++counts[kind]);
      named += 1;
      return {
        kind,
        id,
        name: `${stage.profile.tenant.slice(0, 4).toUpperCase()}-${prefix[record.platform] ?? 'X'}${named}`,
        osVersion: life.osVersion,
        ownership: 'corporate',
        person: undefined,
        enrolledAt: life.from,
        viaJamf: false,
        hasPolicy: true,
        managementState: 'managed',
        isEncrypted: true,
        goneAt: life.gone,
        states: momentsOf(stage, dice, life),
        ...record,
      };
    },
  };
}

/** From hiring to a few days after leaving; a few fall silent for good, some over a long holiday. */
function lifeOf(stage: Stage, dice: Random, one: Employee, osVersion: string, platform: string): Life {
  const hired = one.okta.activated ?? one.okta.created;
  const left = one.okta.status === 'DEPROVISIONED' ? (one.okta.canSignIn.at(-1)?.to ?? forever) : forever;
  const from = hired < stage.start ? hired - (hired % 1000) : hired + dice.int(1, 3) * dayMs;
  const lost = dice.chance(0.045) ? dayTime(stage, dice, dice.int(20, 170)) : forever;
  const holiday = dayTime(stage, dice, dice.int(20, 130));
  return {
    ...goodLife(from, osVersion),
    lastContact: Math.min(lost, left),
    gone: left === forever ? forever : left - (left % dayMs) + dice.int(4, 20) * dayMs + 14 * 3_600_000,
    spells: usualSpells(stage, dice, platform),
    silent: dice.chance(0.03) ? [[holiday, holiday + dice.int(36, 48) * dayMs]] : [],
  };
}

const windows = ['10.0.19045.5131', '10.0.22631.4460', '10.0.26100.2314'] as const;

function laptop(workshop: Workshop, one: Employee): DeviceFact {
  const { stage, dice, make } = workshop;
  const serial = workshop.serial();
  const platform = dice.weighted([
    ['windows', 55],
    ['macos', 42],
    ['linux', 3],
  ]);
  const osVersion =
    platform === 'macos'
      ? dice.pick(['14.7.1', '15.1', '15.1.1'])
      : platform === 'linux'
        ? '22.04'
        : dice.pick(windows);
  const base = lifeOf(stage, dice, one, osVersion, platform);
  if (platform !== 'macos') return { serial, records: [make({ system: 'intune', platform, person: one }, base)] };
  const old = dice.chance(0.14);
  const life = old
    ? { ...base, osVersion: '13.6.9', upgrade: [dayTime(stage, dice, dice.int(30, 200)), '15.1'] as const }
    : base;
  const where = dice.weighted([
    ['jamf', 38],
    ['both', 56],
    ['intune', 6],
  ]);
  const name = `${one.firstName}\u2019s MacBook`;
  const jamf = where === 'intune' ? [] : [make({ system: 'jamf', platform, person: one, name }, life)];
  const intune =
    where === 'jamf' ? [] : [make({ system: 'intune', platform, person: one, name, viaJamf: where === 'both' }, life)];
  return { serial, records: [...jamf, ...intune] };
}

function phone(workshop: Workshop, one: Employee): DeviceFact {
  const { stage, dice, make } = workshop;
  const serial = workshop.serial();
  const platform = dice.weighted([
    ['ios', 6],
    ['android', 4],
  ]);
  const ownership = dice.chance(0.3) ? 'personal' : 'corporate';
  if (platform === 'ios' && dice.chance(0.35)) {
    const life = { ...lifeOf(stage, dice, one, dice.pick(['16.7.10', '17.7', '18.1']), platform), spells: [] };
    return { serial, records: [make({ system: 'jamf', platform, person: one, ownership }, life)] };
  }
  const life = lifeOf(stage, dice, one, platform === 'ios' ? '18.1' : '14', platform);
  return { serial, records: [make({ system: 'intune', platform, person: one, ownership }, life)] };
}
