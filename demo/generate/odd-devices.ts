// The named odd cases of devices, each once per tenant.
import type { DeviceFact } from '../facts.ts';
import { dayMs, hourMs } from '../zone.ts';
import { dayTime, forever, goodLife, type Life, type Spell } from './device-lives.ts';
import type { Workshop } from './devices.ts';
import type { Employee } from './sign-ins.ts';

type Odd = (workshop: Workshop, old: Life, one: Employee) => DeviceFact;

const usually =
  (verdict: string): Odd =>
  (shop, old, one) => ({
    serial: shop.serial(),
    records: [shop.make({ system: 'intune', platform: 'windows', person: one }, { ...old, usually: verdict })],
  });
const always = (verdict: string, failing: readonly string[]): Spell[] => [
  { from: Number.NEGATIVE_INFINITY, to: forever, verdict, failing },
];
const mac = { platform: 'macos' } as const;

export const oddDeviceCases: Readonly<Record<string, Odd>> = {
  'grace period': usually('inGracePeriod'),
  'conflict of policies': usually('conflict'),
  'error in evaluation': usually('error'),
  'never evaluated': usually('unknown'),
  'co-managed by Configuration Manager': usually('configManager'),
  'a state that the documentation does not have': usually('intuneAosp'),
  'compliant without any policy': (shop, old, one) => ({
    serial: shop.serial(),
    records: [shop.make({ system: 'intune', platform: 'windows', person: one, hasPolicy: false }, old)],
  }),
  'noncompliant without any policy': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'intune', platform: 'windows', person: one, hasPolicy: false },
        { ...old, usually: 'noncompliant' },
      ),
    ],
  }),
  'compliant but stale': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'intune', platform: 'windows', person: one },
        { ...old, lastContact: dayTime(shop.stage, shop.dice, 120) },
      ),
    ],
  }),
  'silent for more than 90 days': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'intune', platform: 'windows', person: one },
        { ...old, lastContact: dayTime(shop.stage, shop.dice, 60) },
      ),
    ],
  }),
  'without a person': (shop, old) => ({
    serial: shop.serial(),
    records: [shop.make({ system: 'intune', platform: 'windows' }, old)],
  }),
  'of unknown ownership': (shop, old, one) => ({
    serial: shop.serial(),
    records: [shop.make({ system: 'intune', platform: 'android', person: one, ownership: 'unknown' }, old)],
  }),
  'to be retired': (shop, old, one) => ({
    serial: shop.serial(),
    records: [shop.make({ system: 'intune', platform: 'windows', person: one, managementState: 'retirePending' }, old)],
  }),
  'only discovered': (shop, old) => ({
    serial: shop.serial(),
    records: [shop.make({ system: 'intune', platform: 'windows', managementState: 'discovered' }, old)],
  }),
  'gone in the middle of the history': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'intune', platform: 'windows', person: one },
        { ...old, gone: dayTime(shop.stage, shop.dice, 100) },
      ),
    ],
  }),
  'enrolled again under a new id, the old record stays': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'intune', platform: 'windows', person: one },
        { ...old, usually: 'noncompliant', lastContact: dayTime(shop.stage, shop.dice, 80) },
      ),
      shop.make(
        { system: 'intune', platform: 'windows', person: one },
        goodLife(dayTime(shop.stage, shop.dice, 81), old.osVersion),
      ),
    ],
  }),
  'enrolled again, the old record is gone': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'intune', platform: 'windows', person: one },
        { ...old, gone: dayTime(shop.stage, shop.dice, 90) },
      ),
      shop.make(
        { system: 'intune', platform: 'windows', person: one },
        goodLife(dayTime(shop.stage, shop.dice, 92), old.osVersion),
      ),
    ],
  }),
  'Mac in both systems that agree': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make({ system: 'jamf', ...mac, person: one }, { ...old, osVersion: '15.1' }),
      shop.make({ system: 'intune', ...mac, person: one, viaJamf: true }, { ...old, osVersion: '15.1' }),
    ],
  }),
  'Mac that Intune calls compliant and Jamf not': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'jamf', ...mac, person: one },
        { ...old, osVersion: '15.1', spells: always('noncompliant', ['filevault', 'gatekeeper']) },
      ),
      shop.make({ system: 'intune', ...mac, person: one, viaJamf: true }, { ...old, osVersion: '15.1' }),
    ],
  }),
  'Mac that Intune itself manages, though Jamf knows it': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make({ system: 'jamf', ...mac, person: one }, { ...old, osVersion: '15.1', managed: false }),
      shop.make({ system: 'intune', ...mac, person: one }, { ...old, osVersion: '15.1', usually: 'noncompliant' }),
    ],
  }),
  'Mac whose Jamf record vanished': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'jamf', ...mac, person: one },
        { ...old, osVersion: '15.1', gone: dayTime(shop.stage, shop.dice, 110) },
      ),
      shop.make({ system: 'intune', ...mac, person: one, viaJamf: true }, { ...old, osVersion: '15.1' }),
    ],
  }),
  'Mac that Jamf does not manage any more': (shop, old, one) => ({
    serial: shop.serial(),
    records: [shop.make({ system: 'jamf', ...mac, person: one }, { ...old, osVersion: '15.1', managed: false })],
  }),
  'Mac that checks in but sends no inventory': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'jamf', ...mac, person: one },
        { ...old, osVersion: '15.1', inventoryUntil: dayTime(shop.stage, shop.dice, 130) },
      ),
    ],
  }),
  'Mac on an old system with Gatekeeper off': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'jamf', ...mac, person: one },
        { ...old, osVersion: '13.6.9', spells: always('noncompliant', ['gatekeeper']) },
      ),
    ],
  }),
  'iPhone on an old system': (shop, old, one) => ({
    serial: shop.serial(),
    records: [shop.make({ system: 'jamf', platform: 'ios', person: one }, { ...old, osVersion: '16.7.10' })],
  }),
  'virtual machine with a blank serial': (shop, old) => ({
    serial: undefined,
    records: [shop.make({ system: 'intune', platform: 'windows' }, old)],
  }),
  'second virtual machine with a blank serial': (shop, old) => ({
    serial: undefined,
    records: [shop.make({ system: 'intune', platform: 'windows' }, { ...old, usually: 'noncompliant' })],
  }),
  'enrolled hours before the end': (shop, old, one) => ({
    serial: shop.serial(),
    records: [
      shop.make(
        { system: 'intune', platform: 'windows', person: one },
        goodLife(shop.stage.asOf - 9 * hourMs, old.osVersion),
      ),
    ],
  }),
};

export function oddDevices(shop: Workshop, staff: readonly Employee[]): DeviceFact[] {
  const active = staff.filter(({ okta }) => okta.status === 'ACTIVE');
  return Object.values(oddDeviceCases).map((odd, i) => {
    const old = goodLife(shop.stage.start - shop.dice.int(40, 400) * dayMs + 14 * hourMs, '10.0.22631.4460');
    return odd(shop, old, active[(i * 7) % active.length] as Employee);
  });
}
