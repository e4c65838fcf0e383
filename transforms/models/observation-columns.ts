// What an observation of a device says, whichever system made it: Intune's and Jamf's are put together, so their columns are the same.
import type { ColumnMeta } from '../table-meta.ts';

export const observationColumns = {
  record_id: { type: 'VARCHAR', about: 'Record, as in device_records.' },
  observed_at: { type: 'TIMESTAMPTZ', about: 'When the listing with this version was received.' },
  gone_at: {
    type: 'TIMESTAMPTZ',
    about: 'When a later listing did not hold the record any more, until it came back.',
    nullable: true,
  },
  serial_number: {
    type: 'VARCHAR',
    about: 'Trimmed and upper-cased; null where it identifies nothing.',
    nullable: true,
  },
  device_name: { type: 'VARCHAR', about: 'Name.', nullable: true },
  platform: { type: 'VARCHAR', about: 'windows, macos, ios, android, linux or other.' },
  os_version: { type: 'VARCHAR', about: 'Version of the operating system.', nullable: true },
  ownership: { type: 'VARCHAR', about: 'corporate, personal or unknown.' },
  login: { type: 'VARCHAR', about: 'Lower-cased login or e-mail of the person who uses it.', nullable: true },
  is_partner_managed: { type: 'BOOLEAN', about: 'Intune says that Jamf manages it.' },
  standing: { type: 'VARCHAR', about: 'managed, retired or unmanaged.' },
  verdict: { type: 'VARCHAR', about: 'compliant, noncompliant or unknown, as long as the record is fresh.' },
  verdict_reason: { type: 'VARCHAR', about: 'Why.', nullable: true },
  fresh_at: { type: 'TIMESTAMPTZ', about: 'The verdict is stale 30 days after this.', nullable: true },
  check_in_at: { type: 'TIMESTAMPTZ', about: 'Newest check-in.', nullable: true },
  inventory_at: { type: 'TIMESTAMPTZ', about: 'Newest full inventory.', nullable: true },
  enrolled_at: { type: 'TIMESTAMPTZ', about: 'When it was enrolled.', nullable: true },
  is_encrypted: { type: 'BOOLEAN', about: 'Disk encryption is on.', nullable: true },
} as const satisfies Record<string, ColumnMeta>;
