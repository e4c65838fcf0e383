// Devices as we came to know them: what the weekly listings showed, made stale by time.
import type { DeviceFact, DeviceMoment, DeviceRecordFact } from '../facts.ts';
import { dayMs } from '../zone.ts';
import { count, type Measure, percent } from './arithmetic.ts';
import type { Ground } from './ground.ts';
import type { View } from './query.ts';
import { departmentOf } from './users.ts';

interface DeviceRow {
  readonly platform: string;
  readonly os_version: string;
  readonly ownership: string;
  readonly managed_by: string;
  readonly department: string;
  readonly in_scope: boolean;
  readonly exclusion_reason: string | null;
  readonly compliance_state: string;
  readonly compliance_reason: string | null;
  readonly conflict: boolean;
}
type DeviceDay = DeviceRow & { readonly state_on: number };

interface Sighting {
  readonly record: DeviceRecordFact;
  readonly moment: DeviceMoment;
  readonly live: boolean;
}

const momentAt = (record: DeviceRecordFact, at: number) => record.states.findLast((moment) => moment.at <= at);

/** What the newest listing up to `sync` says of a record; a vanished one is remembered as it was last listed. */
function sightingOf(record: DeviceRecordFact, syncs: readonly number[], sync: number): Sighting | undefined {
  const live = record.goneAt > sync;
  const seenAt = live ? sync : syncs.findLast((one) => one < record.goneAt && one <= sync);
  const moment = seenAt === undefined ? undefined : momentAt(record, seenAt);
  return moment && { record, moment, live };
}

const olderThan = (days: number, then: number, now: number) => now - then > days * dayMs;

function verdict({ record, moment }: Sighting, now: number): readonly [string, string | null] {
  if (record.system === 'jamf') {
    if (olderThan(30, moment.inventory, now)) return ['unknown', 'stale'];
    const major = Number(moment.osVersion.split('.')[0]);
    const tooOld = major < (record.kind === 'computer' ? 14 : 17);
    const failing = [...(tooOld ? ['os_version'] : []), ...(record.kind === 'computer' ? moment.failing : [])];
    return failing.length > 0 ? ['noncompliant', failing.join(',')] : ['compliant', null];
  }
  if (olderThan(30, moment.checkIn, now)) return ['unknown', 'stale'];
  if (moment.verdict === 'compliant' && !record.hasPolicy) return ['unknown', 'no_policy'];
  return vendorWords[moment.verdict] ?? ['unknown', 'not_evaluated'];
}

const vendorWords: Readonly<Record<string, readonly [string, string | null]>> = {
  compliant: ['compliant', null],
  noncompliant: ['noncompliant', null],
  inGracePeriod: ['noncompliant', 'grace'],
  conflict: ['unknown', 'conflict'],
  error: ['unknown', 'error'],
  configManager: ['unknown', 'config_manager'],
};

function stateAt(device: DeviceFact, syncs: readonly number[], sync: number, now: number): DeviceRow | undefined {
  const sightings = device.records.map((record) => sightingOf(record, syncs, sync)).filter((one) => one !== undefined);
  if (sightings.length === 0) return undefined;
  const live = sightings.filter((one) => one.live);
  const used = live.length > 0 ? live : sightings;
  const newest = (system: 'intune' | 'jamf') =>
    used
      .filter(({ record }) => record.system === system)
      .sort((a, b) => b.moment.checkIn - a.moment.checkIn || (a.record.id < b.record.id ? 1 : -1))[0];
  const [intune, jamf] = [newest('intune'), newest('jamf')];
  const managing = jamf && (!intune || intune.record.viaJamf) ? jamf : (intune as Sighting);
  const other = managing === jamf ? intune : jamf;
  const { record, moment } = managing;
  const [state, reason] = verdict(managing, now);
  const words = [intune, jamf].map((one) => one && verdict(one, now)[0]);
  const exclusion = () => {
    if (live.length === 0 || record.managementState === 'retirePending') return 'retired';
    if (record.managementState === 'discovered' || (record.system === 'jamf' && !moment.managed)) return 'unmanaged';
    if (record.ownership === 'personal') return 'personal';
    return olderThan(90, Math.max(...used.map((one) => one.moment.checkIn)), now) ? 'inactive' : null;
  };
  const reasonOut = exclusion();
  return {
    platform: record.platform,
    os_version: moment.osVersion,
    ownership: record.ownership,
    managed_by: record.system,
    department: departmentOf(record.person ?? other?.record.person),
    in_scope: reasonOut === null,
    exclusion_reason: reasonOut,
    compliance_state: state,
    compliance_reason: reason,
    conflict: live.length > 0 && words.includes('compliant') && words.includes('noncompliant'),
  };
}

const shares = <Row extends DeviceRow>() => {
  const inScope: Measure<Row> = count((row) => row.in_scope);
  const is = (...states: string[]): Measure<Row> =>
    count((row) => row.in_scope && states.includes(row.compliance_state));
  const evaluated = is('compliant', 'noncompliant');
  return {
    in_scope: inScope,
    compliant: is('compliant'),
    noncompliant: is('noncompliant'),
    unknown: is('unknown'),
    evaluated,
    endpoint_compliance_pct: percent(is('compliant'), evaluated),
    compliance_strict_pct: percent(is('compliant'), inScope),
    coverage_pct: percent(evaluated, inScope),
  };
};

export function devicesView({ facts, asOf, syncs }: Ground): View<DeviceRow> {
  return {
    rows: facts.devices.map((device) => stateAt(device, syncs, asOf, asOf)).filter((row) => row !== undefined),
    measures: {
      device_count: count(),
      ...shares<DeviceRow>(),
      verdict_conflicts: count((row) => row.conflict),
      excluded: count((row) => !row.in_scope),
    },
  };
}

export function deviceStatesView({ facts, zone, syncs, endOf, today }: Ground): View<DeviceDay> {
  const firstDay = zone.dayOf(syncs[0] ?? 0);
  const newestBy = Array.from({ length: today - firstDay + 1 }, (_, i) =>
    syncs.findLast((sync) => zone.dayOf(sync) <= firstDay + i),
  );
  const rows = facts.devices.flatMap((device) =>
    newestBy.flatMap((sync, i) => {
      const day = firstDay + i;
      const state = sync === undefined ? undefined : stateAt(device, syncs, sync, endOf(day));
      return state ? [{ ...state, state_on: day }] : [];
    }),
  );
  return { rows, measures: shares<DeviceDay>() };
}
