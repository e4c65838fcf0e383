// Intune's managed devices: the whole listing on every run, since Graph has no delta for them and compliance can change without a check-in.
import type { StreamDefinition } from '../contract.ts';
import type { GraphClient } from './client.ts';
import { never } from './sentinels.ts';

export const managedDevices: StreamDefinition<GraphClient> = {
  name: 'managed_devices',
  about:
    'Devices under management with their compliance state. One version a change, so the state of any past run can be told.',
  mode: 'snapshot',
  endpoint: 'GET /deviceManagement/managedDevices',
  records: '$.value[*]',
  primaryKey: ['id'],
  occurredAt: 'last_sync',
  pageSize: 1000,
  cursorAbout:
    'None: a full listing every run. A filter on lastSyncDateTime would miss policy edits and ended grace periods, and Graph ignores filters it does not support without a word.',
  deletes: 'A device that a complete listing no longer has gets a deleted version.',
  retention: 'Until the device is deleted or retired.',
  alsoKnown:
    'activationLockBypassCode androidSecurityPatchLevel azureADRegistered configurationManagerClientEnabledFeatures deviceActionResults deviceCategoryDisplayName deviceEnrollmentType deviceHealthAttestationState easActivated easActivationDateTime easDeviceId enrollmentProfileName ethernetMacAddress exchangeAccessState exchangeAccessStateReason exchangeLastSuccessfulSyncDateTime freeStorageSpaceInBytes iccid imei isSupervised managedDeviceName managementCertificateExpirationDate meid notes partnerReportedThreatState phoneNumber physicalMemoryInBytes remoteAssistanceSessionErrorDetails remoteAssistanceSessionUrl requireUserEnrollmentApproval subscriberCarrier udid userDisplayName wiFiMacAddress'.split(
      ' ',
    ),
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Intune device id.' },
    device_name: { type: 'VARCHAR', path: '$.deviceName', nullIf: [''], about: 'Name of the device.' },
    serial_number: {
      type: 'VARCHAR',
      path: '$.serialNumber',
      nullIf: [''],
      about: "Serial number as reported; '0' occurs and is not unique.",
    },
    operating_system: {
      type: 'VARCHAR',
      path: '$.operatingSystem',
      nullIf: [''],
      about: 'Windows, macOS, iOS, Android, Linux, …',
    },
    os_version: { type: 'VARCHAR', path: '$.osVersion', nullIf: [''], about: 'Version of the operating system.' },
    managed_device_owner_type: {
      type: 'VARCHAR',
      path: ['$.managedDeviceOwnerType', '$.ownerType'],
      about: 'company, personal or unknown.',
    },
    compliance_state: {
      type: 'VARCHAR',
      path: '$.complianceState',
      about:
        'unknown, compliant, noncompliant, conflict, error, inGracePeriod, configManager; a value outside the list is kept as it is.',
    },
    compliance_grace_expires: {
      type: 'TIMESTAMPTZ',
      path: '$.complianceGracePeriodExpirationDateTime',
      nullIf: never,
      about: 'End of the grace period; null where there is none.',
    },
    management_agent: {
      type: 'VARCHAR',
      path: '$.managementAgent',
      about: 'mdm, eas, jamf (managed by the partner), configurationManagerClient, …',
    },
    management_state: { type: 'VARCHAR', path: '$.managementState', about: 'managed, retirePending, wipePending, …' },
    device_registration_state: {
      type: 'VARCHAR',
      path: '$.deviceRegistrationState',
      about: 'registered, notRegistered, …',
    },
    enrolled_at: { type: 'TIMESTAMPTZ', path: '$.enrolledDateTime', nullIf: never, about: 'When it was enrolled.' },
    last_sync: {
      type: 'TIMESTAMPTZ',
      path: '$.lastSyncDateTime',
      nullIf: never,
      about: 'Last check-in; null for never.',
    },
    is_encrypted: { type: 'BOOLEAN', path: '$.isEncrypted', about: 'Disk encryption is on.' },
    jail_broken: {
      type: 'VARCHAR',
      path: '$.jailBroken',
      nullIf: [''],
      about: "Text, not a boolean: 'Unknown', 'False', 'True' in any case.",
    },
    azure_ad_device_id: {
      type: 'VARCHAR',
      path: ['$.azureADDeviceId', '$.azureActiveDirectoryDeviceId'],
      nullIf: ['', '00000000-0000-0000-0000-000000000000'],
      about: 'deviceId of the Entra device object.',
    },
    user_principal_name: {
      type: 'VARCHAR',
      path: '$.userPrincipalName',
      nullIf: [''],
      about: 'UPN of the primary user; null without one.',
    },
    email_address: {
      type: 'VARCHAR',
      path: '$.emailAddress',
      nullIf: [''],
      about: 'E-mail of the primary user; may differ from the UPN.',
    },
    user_id: {
      type: 'VARCHAR',
      path: '$.userId',
      nullIf: ['', '00000000-0000-0000-0000-000000000000'],
      about: 'Entra id of the primary user.',
    },
    model: { type: 'VARCHAR', path: '$.model', nullIf: [''], about: 'Model.' },
    manufacturer: { type: 'VARCHAR', path: '$.manufacturer', nullIf: [''], about: 'Manufacturer.' },
    total_storage_bytes: {
      type: 'BIGINT',
      path: '$.totalStorageSpaceInBytes',
      about: 'As reported: 0 and negative values occur and mean nothing.',
    },
    policy_count: {
      type: 'INTEGER',
      path: '$."deviceCompliancePolicyStates@odata.count"',
      about: 'Assigned compliance policies where the listing counts them; else null, see device_policy_states.',
    },
  },
  pages: async function* ({ client }) {
    for await (const { next: _next, delta: _delta, ...page } of client.list(
      managedDevices.name,
      '/deviceManagement/managedDevices',
    )) {
      yield { ...page, cursor: null };
    }
  },
};
