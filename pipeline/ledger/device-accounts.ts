// Accounts of the models of devices: what was observed, the records of one device, its days, and states that wait for it.
import type { SourceName } from '@tessera/base';
import { columns, lastOfKey, type ModelAccount, today, utcDay } from './account.ts';

const observed = (source: SourceName, object: string, from: Readonly<Record<string, string>>): ModelAccount => ({
  hop: 'bronze-silver',
  source,
  object,
  roots: Object.keys(from),
  expected: (table) =>
    Object.entries(from)
      .map(([name, prefix]) =>
        columns(
          `${utcDay('ingest_at')} as day, case when position > 1 then 'received again at the same instant' when _deleted then 'missing from the listing' end as reason,
           hash('${prefix}' || _key, ingest_at, device_name, os_version) as h`,
          `(select *, row_number() over (partition by _key, ingest_at order by _page desc, _hash) as position from ${table(name)})`,
        ),
      )
      .join(' union all '),
  found: (table) =>
    columns(`${utcDay('ingest_at')} as day, hash(record_id, observed_at, device_name, os_version) as h`, table(object)),
});

/** A state is with its device, or parked until there is one; never both, never neither. */
const policyStates = (object: string, reason: string): ModelAccount => ({
  hop: 'bronze-silver',
  source: 'intune',
  object,
  roots: ['intune__device_policy_states', 'intune__managed_devices'],
  expected: (table) =>
    columns(
      `${utcDay('ingest_at')} as day, case when position > 1 then 'superseded by a newer version' when _deleted then 'missing from the listing' ${reason} end as reason,
       hash(_key, device_id, state) as h`,
      `(select *, coalesce(device_id in (select _key from ${table('intune__managed_devices')}), false) as is_known, ${lastOfKey} as position
        from ${table('intune__device_policy_states')})`,
    ),
  found: (table) => columns(`${utcDay('ingest_at')} as day, hash(state_id, device_id, state) as h`, table(object)),
});

const deviceStreams = ['intune__managed_devices', 'jamf__computers', 'jamf__mobile_devices'];

export const deviceAccounts: readonly ModelAccount[] = [
  policyStates('device_policy_states', `when not is_known then 'parked: its device is not known yet'`),
  policyStates('parked_device_states', `when is_known then 'its device is known'`),
  observed('intune', 'intune_observations', { intune__managed_devices: 'intune/' }),
  observed('jamf', 'jamf_observations', { jamf__computers: 'jamf/computer-', jamf__mobile_devices: 'jamf/mobile-' }),
  {
    hop: 'bronze-silver',
    source: null,
    object: 'device_records',
    roots: deviceStreams,
    expected: (table) =>
      columns(
        `'now' as day, case when position > 1 then 'superseded by a newer observation' end as reason, hash(record_id, serial_number) as h`,
        `(select *, row_number() over (partition by record_id order by observed_at desc) as position from (
           select record_id, serial_number, observed_at from ${table('intune_observations')}
           union all select record_id, serial_number, observed_at from ${table('jamf_observations')}))`,
      ),
    found: (table) => columns(`'now' as day, hash(record_id, serial_number) as h`, table('device_records')),
  },
  {
    hop: 'bronze-silver',
    source: null,
    object: 'device_days',
    roots: deviceStreams,
    // A device has a row for each day since its first record was first seen.
    expected: (table) =>
      columns(
        `day::date::varchar as day, null::varchar as reason, hash(device_key, day::date) as h`,
        `(select device_key, unnest(generate_series(min(first_seen_on)::timestamp, ${today(table)}::timestamp, interval 1 day)) as day
          from ${table('device_records')} group by device_key)`,
      ),
    found: (table) => columns(`state_on::varchar as day, hash(device_key, state_on) as h`, table('device_days')),
  },
];
