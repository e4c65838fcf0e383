// Macs from Jamf Pro's computer inventory. Field names of v1-v3 (lastContactTime) and v4 (lastCheckIn, lastContact) are both read.
import type { StreamDefinition } from '../contract.ts';
import type { JamfClient } from './client.ts';
import { listing } from './listing.ts';
import { missing } from './missing.ts';

// Without `section` only GENERAL is filled and everything else is null, which would read as "no encryption, no owner".
const sections = ['GENERAL', 'HARDWARE', 'OPERATING_SYSTEM', 'DISK_ENCRYPTION', 'SECURITY', 'USER_AND_LOCATION'];

export const computers: StreamDefinition<JamfClient> = {
  name: 'computers',
  about: 'Macs with inventory, encryption and security state. Inventory values are as of report_date.',
  mode: 'snapshot',
  endpoint: 'GET /api/v4/computers-inventory (v3, v2, v1 where the server is older)',
  records: '$.results[*]',
  primaryKey: ['id'],
  occurredAt: 'last_check_in',
  pageSize: 500,
  cursorAbout: 'None: a full listing every run, sorted by id; a listing that changed while it was read is read again.',
  deletes:
    'A computer that a complete listing no longer has gets a deleted version; a retired one stays with managed = false.',
  retention: 'Until the record is deleted in Jamf Pro.',
  alsoKnown:
    'extensionAttributes groupMemberships configurationProfiles localUserAccounts applications storage purchasing printers services certificates attachments packageReceipts licensedSoftware ibeacons softwareUpdates contentCaching plugins fonts'.split(
      ' ',
    ),
  columns: {
    id: {
      type: 'VARCHAR',
      path: '$.id',
      required: true,
      about: 'Jamf computer id; mobile devices have ids of their own.',
    },
    udid: { type: 'VARCHAR', path: '$.udid', nullIf: missing, about: 'Hardware UDID.' },
    device_name: { type: 'VARCHAR', path: '$.general.name', nullIf: missing, about: 'Name of the computer.' },
    serial_number: { type: 'VARCHAR', path: '$.hardware.serialNumber', nullIf: missing, about: 'Serial number.' },
    platform: { type: 'VARCHAR', path: '$.general.platform', nullIf: missing, about: "'Mac'." },
    managed: { type: 'BOOLEAN', path: '$.general.remoteManagement.managed', about: 'Still managed.' },
    supervised: { type: 'BOOLEAN', path: '$.general.supervised', about: 'Supervised.' },
    report_date: {
      type: 'TIMESTAMPTZ',
      path: '$.general.reportDate',
      nullIf: missing,
      about: 'Last full inventory; null for never.',
    },
    last_check_in: {
      type: 'TIMESTAMPTZ',
      path: ['$.general.lastCheckIn', '$.general.lastContactTime'],
      nullIf: missing,
      about: 'Last check-in.',
    },
    last_contact: {
      type: 'TIMESTAMPTZ',
      path: ['$.general.lastContact', '$.general.lastContactTime'],
      nullIf: missing,
      about: 'Last contact of any kind.',
    },
    enrolled_at: { type: 'TIMESTAMPTZ', path: '$.general.lastEnrolledDate', nullIf: missing, about: 'Last enrolment.' },
    os_name: { type: 'VARCHAR', path: '$.operatingSystem.name', nullIf: missing, about: 'macOS.' },
    os_version: {
      type: 'VARCHAR',
      path: '$.operatingSystem.version',
      nullIf: missing,
      about: 'Version of the operating system.',
    },
    os_build: {
      type: 'VARCHAR',
      path: '$.operatingSystem.build',
      nullIf: missing,
      about: 'Build of the operating system.',
    },
    file_vault2_status: {
      type: 'VARCHAR',
      path: '$.operatingSystem.fileVault2Status',
      nullIf: missing,
      about: 'NOT_APPLICABLE, NOT_ENCRYPTED, BOOT_ENCRYPTED, SOME_ENCRYPTED or ALL_ENCRYPTED.',
    },
    file_vault2_enabled: { type: 'BOOLEAN', path: '$.diskEncryption.fileVault2Enabled', about: 'FileVault is on.' },
    boot_partition_state: {
      type: 'VARCHAR',
      path: '$.diskEncryption.bootPartitionEncryptionDetails.partitionFileVault2State',
      nullIf: missing,
      about: 'VALID, DECRYPTED, ENCRYPTING, … of the boot partition.',
    },
    sip_status: {
      type: 'VARCHAR',
      path: '$.security.sipStatus',
      nullIf: missing,
      about: 'NOT_COLLECTED is no failure.',
    },
    gatekeeper_status: {
      type: 'VARCHAR',
      path: '$.security.gatekeeperStatus',
      nullIf: missing,
      about: 'NOT_COLLECTED is no failure.',
    },
    firewall_enabled: { type: 'BOOLEAN', path: '$.security.firewallEnabled', about: 'The firewall is on.' },
    secure_boot_level: {
      type: 'VARCHAR',
      path: '$.security.secureBootLevel',
      nullIf: missing,
      about: 'Secure boot level.',
    },
    username: {
      type: 'VARCHAR',
      path: '$.userAndLocation.username',
      nullIf: missing,
      about: 'Free text: the assigned user.',
    },
    email: {
      type: 'VARCHAR',
      path: '$.userAndLocation.email',
      nullIf: missing,
      about: 'Free text: e-mail of the assigned user.',
    },
    department_id: {
      type: 'VARCHAR',
      path: '$.userAndLocation.departmentId',
      nullIf: [...missing, '-1'],
      about: 'Jamf department id.',
    },
    site_id: {
      type: 'VARCHAR',
      path: '$.general.site.id',
      nullIf: [...missing, '-1'],
      about: 'Jamf site id; null for none.',
    },
    make: { type: 'VARCHAR', path: '$.hardware.make', nullIf: missing, about: 'Apple.' },
    model: { type: 'VARCHAR', path: '$.hardware.model', nullIf: missing, about: 'Model.' },
    model_identifier: {
      type: 'VARCHAR',
      path: '$.hardware.modelIdentifier',
      nullIf: missing,
      about: 'For example Mac15,9.',
    },
  },
  pages: ({ client }) =>
    listing(client, {
      stream: computers.name,
      paths: ['v4', 'v3', 'v2', 'v1'].map((version) => `/api/${version}/computers-inventory`),
      query: [...sections.map((section) => ['section', section] as const), ['sort', 'id:asc']],
      pageSize: computers.pageSize,
      id: 'id',
    }),
};
