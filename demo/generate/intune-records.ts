// Intune's managed devices and compliance policies as Graph lists them.
import type { DeviceFact, DeviceMoment, DeviceRecordFact } from '../facts.ts';
import type { Json, Versioned } from '../world.ts';
import type { Stage } from './profile.ts';
import { random } from './random.ts';

const second = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
const never = '0001-01-01T00:00:00Z';
const systems: Readonly<Record<string, readonly [string, string, string]>> = {
  windows: ['Windows', 'Dell Inc.', 'Latitude 7440'],
  macos: ['macOS', 'Apple', 'MacBook Pro'],
  ios: ['iOS', 'Apple', 'iPhone 15'],
  android: ['Android', 'Google', 'Pixel 8'],
  linux: ['Linux (ubuntu)', 'Lenovo', 'ThinkPad T14'],
};
const owners = { corporate: 'company', personal: 'personal', unknown: 'unknown' } as const;

export function intuneDevices(
  stage: Stage,
  devices: readonly DeviceFact[],
  policies: readonly Versioned<Json>[],
): Versioned<Json>[] {
  const dice = random(stage.seed, `${stage.profile.tenant}|intune`);
  let blank = 0;
  return devices.flatMap(({ serial, records }) =>
    records
      .filter(({ system }) => system === 'intune')
      .map((record) => {
        const written = serial ?? (blank++ % 2 === 0 ? '' : '0');
        const rest = constant(record, written, dice.uuid(), dice.int(20, 480) * 1_000_000_000);
        const versions: { from: string; record: Json | undefined }[] = record.states.map((state) => ({
          from: new Date(state.at).toISOString(),
          record: { ...rest, ...varying(record, state, policies) },
        }));
        if (Number.isFinite(record.goneAt) && record.goneAt < stage.asOf) {
          versions.push({ from: new Date(record.goneAt).toISOString(), record: undefined });
        }
        return { id: record.id, versions };
      }),
  );
}

function constant(record: DeviceRecordFact, serial: string, azureId: string, free: number): Json {
  const [system, manufacturer, model] = systems[record.platform] ?? ['Unknown', '', ''];
  const { person } = record;
  return {
    id: record.id,
    userId: person?.entraId ?? '',
    deviceName: record.name,
    managedDeviceOwnerType: owners[record.ownership],
    enrolledDateTime: second(record.enrolledAt),
    operatingSystem: system,
    jailBroken: record.platform === 'windows' ? 'Unknown' : 'False',
    managementAgent: record.viaJamf ? 'jamf' : 'mdm',
    easActivated: false,
    easDeviceId: '',
    easActivationDateTime: never,
    azureADRegistered: true,
    deviceEnrollmentType: record.platform === 'windows' ? 'windowsAzureADJoin' : 'userEnrollment',
    activationLockBypassCode: null,
    emailAddress: person?.email ?? '',
    azureADDeviceId: azureId,
    deviceRegistrationState: 'registered',
    deviceCategoryDisplayName: '',
    isSupervised: record.platform === 'ios' && record.ownership === 'corporate',
    exchangeLastSuccessfulSyncDateTime: never,
    exchangeAccessState: 'none',
    exchangeAccessStateReason: 'none',
    remoteAssistanceSessionUrl: '',
    remoteAssistanceSessionErrorDetails: '',
    isEncrypted: record.isEncrypted,
    userPrincipalName: person?.email ?? '',
    model,
    manufacturer,
    imei: '',
    serialNumber: serial,
    phoneNumber: '',
    androidSecurityPatchLevel: record.platform === 'android' ? '2026-08-05' : '',
    userDisplayName: person ? `${person.firstName} ${person.lastName}` : '',
    wiFiMacAddress: '',
    subscriberCarrier: '',
    meid: '',
    totalStorageSpaceInBytes: free * 2,
    freeStorageSpaceInBytes: free,
    managedDeviceName: `${record.name}_${system}`,
    partnerReportedThreatState: 'unknown',
    requireUserEnrollmentApproval: null,
    managementCertificateExpirationDate: never,
    iccid: '',
    udid: '',
    notes: null,
    ethernetMacAddress: null,
    physicalMemoryInBytes: 0,
    managementState: record.managementState,
    deviceActionResults: [],
  };
}

const grace = 14 * 86_400_000;

function varying(record: DeviceRecordFact, state: DeviceMoment, policies: readonly Versioned<Json>[]): Json {
  return {
    osVersion: state.osVersion,
    lastSyncDateTime: second(state.checkIn),
    complianceState: state.verdict,
    complianceGracePeriodExpirationDateTime:
      state.verdict === 'inGracePeriod' ? second(state.at + grace) : '9999-12-31T23:59:59Z',
    deviceCompliancePolicyStates: record.hasPolicy
      ? policies.slice(0, 1).map((policy) => ({
          id: policy.id,
          displayName: policy.versions[0]?.record?.displayName,
          platformType: 'all',
          settingCount: 6,
          state:
            state.verdict === 'compliant' ? 'compliant' : state.verdict === 'noncompliant' ? 'nonCompliant' : 'unknown',
          version: 1,
          settingStates: [],
        }))
      : [],
  };
}

export function intunePolicies(stage: Stage): Versioned<Json>[] {
  const dice = random(stage.seed, `${stage.profile.tenant}|policies`);
  const created = new Date(stage.start - 400 * 86_400_000).toISOString();
  return [
    ['#microsoft.graph.windows10CompliancePolicy', 'Windows baseline'],
    ['#microsoft.graph.macOSCompliancePolicy', 'Mac baseline'],
    ['#microsoft.graph.iosCompliancePolicy', 'iPhone baseline'],
  ].map(([type, displayName]) => {
    const id = dice.uuid();
    const record: Json = {
      '@odata.type': type,
      id,
      createdDateTime: created,
      description: null,
      lastModifiedDateTime: created,
      displayName,
      version: 1,
    };
    return { id, versions: [{ from: created, record }] };
  });
}
