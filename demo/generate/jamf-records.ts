// Jamf Pro's computers (shape of v4) and mobile devices, sections and all.
import type { DeviceFact, DeviceMoment, DeviceRecordFact } from '../facts.ts';
import type { Json, Versioned } from '../world.ts';
import type { Stage } from './profile.ts';
import { type Random, random } from './random.ts';

const iso = (at: number) => new Date(at).toISOString();

export function jamfRecords(stage: Stage, devices: readonly DeviceFact[]) {
  const dice = random(stage.seed, `${stage.profile.tenant}|jamf`);
  const all = devices.flatMap(({ serial, records }) =>
    records.filter(({ system }) => system === 'jamf').map((record) => ({ record, serial: serial ?? '' })),
  );
  const of = (kind: 'computer' | 'mobile', shape: typeof computer): Versioned<Json>[] =>
    all
      .filter(({ record }) => record.kind === kind)
      .map(({ record, serial }) => versioned(stage, record, shape(record, serial, dice)));
  return { computers: of('computer', computer), mobileDevices: of('mobile', mobile) };
}

function versioned(stage: Stage, record: DeviceRecordFact, shape: (state: DeviceMoment) => Json): Versioned<Json> {
  const versions: { from: string; record: Json | undefined }[] = record.states.map((state) => ({
    from: iso(state.at),
    record: shape(state),
  }));
  if (record.goneAt < stage.asOf) versions.push({ from: iso(record.goneAt), record: undefined });
  return { id: record.id, versions };
}

const site = { id: '-1', name: 'None' };

function computer(record: DeviceRecordFact, serial: string, dice: Random) {
  const udid = dice.uuid().toUpperCase();
  const managementId = dice.uuid();
  const mac = `02:${dice.text('0123456789ABCDEF', 2)}:7C:F0:E5:${dice.text('0123456789ABCDEF', 2)}`;
  // A site that does not collect Gatekeeper: not a failure.
  const silent = dice.chance(0.03);
  const hardware = {
    make: 'Apple',
    model: 'MacBook Pro (14-inch, 2023)',
    modelIdentifier: 'Mac14,5',
    serialNumber: serial,
    processorType: 'Apple M2 Max',
    processorArchitecture: 'arm64',
    coreCount: 12,
    processorCount: 1,
    totalRamMegabytes: 32_768,
    macAddress: mac,
    batteryCapacityPercent: -1,
    bleCapable: true,
    supportsIosAppInstalls: true,
    appleSilicon: true,
    extensionAttributes: [],
  };
  const { person } = record;
  const userAndLocation = {
    username: person?.email.split('@')[0] ?? '',
    realname: person ? `${person.firstName} ${person.lastName}` : '',
    email: person?.email ?? '',
    position: '',
    phone: '',
    departmentId: '-1',
    buildingId: '-1',
    room: '',
    extensionAttributes: [],
  };
  return (state: DeviceMoment): Json => {
    const open = state.failing.includes('filevault');
    return {
      id: record.id,
      udid,
      general: {
        name: record.name,
        lastIpAddress: '10.1.2.3',
        lastReportedIpV4: '10.1.2.3',
        jamfBinaryVersion: '11.30.1-t1784555528405',
        platform: 'Mac',
        barcode1: 'null',
        barcode2: '',
        assetTag: '',
        remoteManagement: { managed: state.managed },
        supervised: true,
        mdmCapable: { capable: true, capableUsers: [] },
        reportDate: iso(state.inventory),
        lastCheckIn: iso(state.checkIn),
        lastContact: iso(state.checkIn),
        lastEnrolledDate: iso(record.enrolledAt),
        initialEntryDate: iso(record.enrolledAt).slice(0, 10),
        distributionPoint: '',
        site,
        itunesStoreAccountActive: false,
        enrolledViaAutomatedDeviceEnrollment: true,
        userApprovedMdm: true,
        declarativeDeviceManagementEnabled: true,
        extensionAttributes: [],
        managementId,
      },
      hardware,
      operatingSystem: {
        name: 'macOS',
        version: state.osVersion,
        build: '24B91',
        activeDirectoryStatus: 'Not Bound',
        fileVault2Status: open ? 'NOT_ENCRYPTED' : 'ALL_ENCRYPTED',
        extensionAttributes: [],
      },
      diskEncryption: {
        bootPartitionEncryptionDetails: {
          partitionName: 'Macintosh HD',
          partitionFileVault2State: open ? 'UNENCRYPTED' : 'ENCRYPTED',
          partitionFileVault2Percent: open ? 0 : 100,
        },
        individualRecoveryKeyValidityStatus: open ? 'NOT_APPLICABLE' : 'VALID',
        institutionalRecoveryKeyPresent: false,
        diskEncryptionConfigurationName: '',
        fileVault2Enabled: !open,
        fileVault2EnabledUserNames: [],
        fileVault2EligibilityMessage: 'Eligible',
      },
      security: {
        sipStatus: 'ENABLED',
        gatekeeperStatus: gatekeeper(state, silent),
        xprotectVersion: '5272',
        autoLoginDisabled: true,
        remoteDesktopEnabled: false,
        activationLockEnabled: false,
        recoveryLockEnabled: false,
        firewallEnabled: true,
        secureBootLevel: 'FULL_SECURITY',
        externalBootLevel: 'DISALLOW_BOOTING_FROM_EXTERNAL_MEDIA',
        bootstrapTokenAllowed: true,
        bootstrapTokenEscrowedStatus: 'ESCROWED',
      },
      userAndLocation,
    };
  };
}

const gatekeeper = (state: DeviceMoment, silent: boolean) => {
  if (state.failing.includes('gatekeeper')) return 'DISABLED';
  return silent ? 'NOT_COLLECTED' : 'APP_STORE_AND_IDENTIFIED_DEVELOPERS';
};

function mobile(record: DeviceRecordFact, serial: string, dice: Random) {
  const udid = dice.uuid();
  const managementId = dice.uuid();
  const { person } = record;
  return (state: DeviceMoment): Json => ({
    mobileDeviceId: record.id,
    deviceType: 'iOS',
    hardware: {
      capacityMb: 120_000,
      availableSpaceMb: 60_000,
      usedSpacePercentage: 50,
      batteryLevel: 80,
      batteryHealth: 'NORMAL',
      serialNumber: serial,
      wifiMacAddress: '02:00:7C:F0:E5:01',
      bluetoothMacAddress: '02:00:7C:F0:E5:02',
      model: 'iPhone 15',
      modelIdentifier: 'iPhone15,4',
      modelNumber: 'MTP03LL',
      bluetoothLowEnergyCapable: true,
      deviceId: managementId,
      extensionAttributes: [],
    },
    userAndLocation: {
      username: person?.email.split('@')[0] ?? '',
      realName: person ? `${person.firstName} ${person.lastName}` : '',
      emailAddress: person?.email ?? '',
      position: '',
      phoneNumber: '',
      departmentId: '-1',
      buildingId: '-1',
      room: '',
      extensionAttributes: [],
    },
    general: {
      udid,
      displayName: record.name,
      assetTag: '',
      siteId: '-1',
      lastInventoryUpdateDate: iso(state.inventory),
      lastContactDate: iso(state.checkIn),
      osVersion: state.osVersion,
      osBuild: '22B91',
      ipAddress: '10.1.2.4',
      managed: state.managed,
      supervised: record.ownership === 'corporate',
      deviceOwnershipType: record.ownership === 'corporate' ? 'Institutional' : 'UserEnrollment',
      lastEnrolledDate: iso(record.enrolledAt),
      timeZone: 'America/New_York',
      declarativeDeviceManagementEnabled: true,
      managementId,
      extensionAttributes: [],
    },
  });
}
