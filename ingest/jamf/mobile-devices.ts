// iPhones, iPads and Apple TVs from Jamf Pro's mobile device inventory.
import type { StreamDefinition } from '../contract.ts';
import type { JamfClient } from './client.ts';
import { listing } from './listing.ts';
import { missing } from './missing.ts';

const sections = ['GENERAL', 'HARDWARE', 'SECURITY', 'USER_AND_LOCATION'];

export const mobileDevices: StreamDefinition<JamfClient> = {
  name: 'mobile_devices',
  about: 'iOS, iPadOS and tvOS devices with inventory and security state.',
  mode: 'snapshot',
  endpoint: 'GET /api/v2/mobile-devices/detail',
  records: '$.results[*]',
  primaryKey: ['id'],
  occurredAt: 'last_inventory_update',
  pageSize: 500,
  cursorAbout: 'None: a full listing every run, sorted by id; a listing that changed while it was read is read again.',
  deletes: 'A device that a complete listing no longer has gets a deleted version.',
  retention: 'Until the record is deleted in Jamf Pro.',
  alsoKnown:
    'applications certificates profiles userProfiles provisioningProfiles groups extensionAttributes purchasing network ebooks serviceSubscriptions sharedUsers'.split(
      ' ',
    ),
  columns: {
    id: {
      type: 'VARCHAR',
      path: ['$.mobileDeviceId', '$.id'],
      required: true,
      about: 'Jamf mobile device id; computers have ids of their own.',
    },
    udid: { type: 'VARCHAR', path: '$.general.udid', nullIf: missing, about: 'Hardware UDID.' },
    device_type: { type: 'VARCHAR', path: ['$.deviceType', '$.type'], nullIf: missing, about: 'iOS or tvOS.' },
    device_name: {
      type: 'VARCHAR',
      path: ['$.general.displayName', '$.name'],
      nullIf: missing,
      about: 'Name of the device.',
    },
    serial_number: {
      type: 'VARCHAR',
      path: ['$.hardware.serialNumber', '$.serialNumber'],
      nullIf: missing,
      about: 'Serial number.',
    },
    managed: { type: 'BOOLEAN', path: ['$.general.managed', '$.managed'], about: 'Still managed.' },
    supervised: { type: 'BOOLEAN', path: ['$.general.supervised', '$.supervised'], about: 'Supervised.' },
    ownership: {
      type: 'VARCHAR',
      path: '$.general.deviceOwnershipType',
      nullIf: missing,
      about:
        'Institutional, PersonalDeviceProfile, UserEnrollment, AccountDrivenUserEnrollment or AccountDrivenDeviceEnrollment.',
    },
    os_version: {
      type: 'VARCHAR',
      path: '$.general.osVersion',
      nullIf: missing,
      about: 'Version of the operating system.',
    },
    os_build: { type: 'VARCHAR', path: '$.general.osBuild', nullIf: missing, about: 'Build of the operating system.' },
    last_inventory_update: {
      type: 'TIMESTAMPTZ',
      path: '$.general.lastInventoryUpdateDate',
      nullIf: missing,
      about: 'Last full inventory; null for never.',
    },
    last_contact: { type: 'TIMESTAMPTZ', path: '$.general.lastContactDate', nullIf: missing, about: 'Last contact.' },
    enrolled_at: { type: 'TIMESTAMPTZ', path: '$.general.lastEnrolledDate', nullIf: missing, about: 'Last enrolment.' },
    passcode_compliant: {
      type: 'BOOLEAN',
      path: '$.security.passcodeCompliant',
      about: 'The passcode meets the rules.',
    },
    data_protected: { type: 'BOOLEAN', path: '$.security.dataProtected', about: 'Data protection is on.' },
    hardware_encryption: {
      type: 'VARCHAR',
      path: '$.security.hardwareEncryption',
      about: 'Encryption capabilities as reported.',
    },
    jail_break_detected: { type: 'BOOLEAN', path: '$.security.jailBreakDetected', about: 'A jailbreak was detected.' },
    username: {
      type: 'VARCHAR',
      path: '$.userAndLocation.username',
      nullIf: missing,
      about: 'Free text: the assigned user.',
    },
    email: {
      type: 'VARCHAR',
      path: '$.userAndLocation.emailAddress',
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
      path: '$.general.siteId',
      nullIf: [...missing, '-1'],
      about: 'Jamf site id; null for none.',
    },
    model: { type: 'VARCHAR', path: '$.hardware.model', nullIf: missing, about: 'Model.' },
    model_identifier: {
      type: 'VARCHAR',
      path: '$.hardware.modelIdentifier',
      nullIf: missing,
      about: 'For example iPad7,11.',
    },
  },
  pages: ({ client }) =>
    listing(client, {
      stream: mobileDevices.name,
      paths: ['/api/v2/mobile-devices/detail'],
      // STRICT, the default, answers 500 for the whole page when one device cannot be read.
      query: [
        ...sections.map((section) => ['section', section] as const),
        ['exception-handling', 'LENIENT'],
        ['sort', 'mobileDeviceId:asc'],
      ],
      pageSize: mobileDevices.pageSize,
      id: 'mobileDeviceId',
    }),
};
