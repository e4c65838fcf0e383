// One row per record of a device in Intune or Jamf.
import { tableMeta } from '../../../table-meta.ts';

export const deviceRecords = tableMeta({
  name: 'device_records',
  grain: 'One row per record of a device in Intune or Jamf.',
  about: 'Which device each record is, by its newest serial number.',
  key: ['record_id'],
  columns: {
    record_id: { type: 'VARCHAR', about: 'intune/<id>, jamf/computer-<id> or jamf/mobile-<id>.' },
    device_key: {
      type: 'VARCHAR',
      about: 'Stable hash of the serial number, or of the record where the serial identifies nothing.',
    },
    serial_number: {
      type: 'VARCHAR',
      about: 'Trimmed and upper-cased; null where it identifies nothing.',
      nullable: true,
    },
    first_seen_on: { type: 'DATE', about: "The tenant's day of its first observation." },
  },
});
