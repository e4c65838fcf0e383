// One row per physical device.
import { tableMeta } from '../../../table-meta.ts';

export const dimDevice = tableMeta({
  name: 'dim_device',
  grain: 'One row per physical device.',
  about:
    'A device, resolved over Intune and Jamf by serial number; the managing system\u2019s verdict wins. State as of the release.',
  key: ['device_key'],
  columns: {
    device_key: {
      type: 'VARCHAR',
      about: 'Stable hash of the serial number, or of source and id where the serial is blank or not unique.',
    },
    serial_number: { type: 'VARCHAR', about: "Serial number; null where blank or '0'.", nullable: true, pii: true },
    device_name: { type: 'VARCHAR', about: 'Name of the device.', nullable: true, pii: true },
    platform: { type: 'VARCHAR', about: 'windows, macos, ios, android, linux or other.' },
    os_version: { type: 'VARCHAR', about: 'Version of the operating system.', nullable: true },
    ownership: { type: 'VARCHAR', about: 'corporate, personal or unknown.' },
    managed_by: { type: 'VARCHAR', about: 'intune or jamf: the system whose verdict counts.' },
    intune_device_id: { type: 'VARCHAR', about: 'Newest Intune id.', nullable: true },
    jamf_device_id: {
      type: 'VARCHAR',
      about: 'Newest Jamf id (computers: computer-<id>, mobile: mobile-<id>).',
      nullable: true,
    },
    user_key: { type: 'VARCHAR', about: 'Person who uses the device.', nullable: true },
    department: { type: 'VARCHAR', about: "Department of that person, 'unknown' without one." },
    in_scope: { type: 'BOOLEAN', about: 'Managed, not retired, corporate, checked in within 90 days.' },
    exclusion_reason: {
      type: 'VARCHAR',
      about: 'Why not in scope: unmanaged, retired, personal, inactive.',
      nullable: true,
    },
    compliance_state: { type: 'VARCHAR', about: 'compliant, noncompliant or unknown.' },
    compliance_reason: {
      type: 'VARCHAR',
      about:
        'Detail: grace, conflict, error, no_policy, stale, config_manager, not_evaluated, or the failing rules of Jamf joined by commas.',
      nullable: true,
    },
    verdict_conflict: { type: 'BOOLEAN', about: 'Intune and Jamf disagree on this device.' },
    record_count: { type: 'INTEGER', about: 'Source records behind the device.' },
    is_encrypted: { type: 'BOOLEAN', about: 'Disk encryption is on.', nullable: true },
    enrolled_at: { type: 'TIMESTAMPTZ', about: 'When the device was enrolled.', nullable: true },
    last_check_in_at: { type: 'TIMESTAMPTZ', about: 'Newest check-in over all its records.', nullable: true },
    last_inventory_at: { type: 'TIMESTAMPTZ', about: 'Newest full inventory.', nullable: true },
  },
});
