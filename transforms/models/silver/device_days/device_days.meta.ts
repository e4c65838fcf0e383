// One row per device and day since it was first seen.
import { tableMeta } from '../../../table-meta.ts';

export const deviceDays = tableMeta({
  name: 'device_days',
  grain: 'One row per device and day since it was first seen.',
  about: 'Of each device and day the record that counts, and what it says at the end of that day.',
  key: ['state_on', 'device_key'],
  partitionBy: 'state_on',
  columns: {
    state_on: { type: 'DATE', about: "The tenant's day." },
    device_key: { type: 'VARCHAR', about: 'Device.' },
    managed_by: { type: 'VARCHAR', about: 'intune or jamf.' },
    intune_record_id: { type: 'VARCHAR', about: 'Intune record that counts.', nullable: true },
    jamf_record_id: { type: 'VARCHAR', about: 'Jamf record that counts.', nullable: true },
    observed_at: { type: 'TIMESTAMPTZ', about: 'Version of the managing record.' },
    platform: { type: 'VARCHAR', about: 'Of the managing record.' },
    ownership: { type: 'VARCHAR', about: 'Of the managing record.' },
    login: { type: 'VARCHAR', about: 'Of the managing record, else of the other.', nullable: true },
    exclusion_reason: {
      type: 'VARCHAR',
      about: 'Why not in scope: retired, unmanaged, personal, inactive.',
      nullable: true,
    },
    compliance_state: { type: 'VARCHAR', about: 'compliant, noncompliant or unknown.' },
    compliance_reason: { type: 'VARCHAR', about: 'Detail.', nullable: true },
    verdict_conflict: { type: 'BOOLEAN', about: 'One system says compliant, the other noncompliant.' },
    record_count: { type: 'INTEGER', about: 'Records that count.' },
    last_check_in_at: { type: 'TIMESTAMPTZ', about: 'Newest check-in of those records.', nullable: true },
    last_inventory_at: { type: 'TIMESTAMPTZ', about: 'Newest full inventory of those records.', nullable: true },
  },
});
