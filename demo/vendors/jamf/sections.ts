// Sections of an inventory record: those not asked for are null, and only GENERAL is asked for by default. Field names differ between API versions.
import type { Json } from '../../world.ts';

/** Section names and the members that they fill. */
const members = (names: string): ReadonlyMap<string, string> =>
  new Map(
    names
      .split(' ')
      .map((name) => [name, name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())]),
  );

export const computerSections = members(
  'GENERAL DISK_ENCRYPTION PURCHASING APPLICATIONS STORAGE USER_AND_LOCATION CONFIGURATION_PROFILES PRINTERS SERVICES HARDWARE LOCAL_USER_ACCOUNTS CERTIFICATES ATTACHMENTS PLUGINS PACKAGE_RECEIPTS FONTS SECURITY OPERATING_SYSTEM LICENSED_SOFTWARE IBEACONS SOFTWARE_UPDATES EXTENSION_ATTRIBUTES CONTENT_CACHING GROUP_MEMBERSHIPS',
);
export const mobileSections = members(
  'GENERAL HARDWARE USER_AND_LOCATION PURCHASING SECURITY APPLICATIONS EBOOKS NETWORK SERVICE_SUBSCRIPTIONS CERTIFICATES PROFILES USER_PROFILES PROVISIONING_PROFILES SHARED_USERS EXTENSION_ATTRIBUTES GROUPS',
);

/** The record with the wanted sections, the others null. */
export function onlySections(record: Json, known: ReadonlyMap<string, string>, wanted: ReadonlySet<string>): Json {
  const shown: Json = {};
  const sectionMembers = new Set(known.values());
  for (const [name, value] of Object.entries(record)) if (!sectionMembers.has(name)) shown[name] = value;
  for (const [section, member] of known) shown[member] = wanted.has(section) ? (record[member] ?? null) : null;
  return shown;
}

/** v4 says lastCheckIn and lastContact where v1 to v3 say lastContactTime; the record may know either. */
export function inVersion(computer: Json, version: number): Json {
  const general = computer.general;
  if (typeof general !== 'object' || general === null) return computer;
  const { lastContactTime, lastCheckIn, lastContact, lastReportedIp, ...rest } = general as Json;
  const checkIn = lastCheckIn ?? lastContactTime ?? lastContact ?? null;
  const contact = lastContact ?? lastContactTime ?? lastCheckIn ?? null;
  return {
    ...computer,
    general:
      version >= 4
        ? { ...rest, lastCheckIn: checkIn, lastContact: contact }
        : { ...rest, lastContactTime: contact, lastReportedIp: lastReportedIp ?? rest.lastIpAddress ?? null },
  };
}

/** The short list of mobile devices, which has neither sections nor filter. */
export function shortMobile(device: Json): Json {
  const part = (name: string): Json =>
    typeof device[name] === 'object' && device[name] !== null ? (device[name] as Json) : {};
  const [general, hardware, user] = [part('general'), part('hardware'), part('userAndLocation')];
  return {
    id: `${device.mobileDeviceId ?? device.id}`,
    name: general.displayName ?? null,
    serialNumber: hardware.serialNumber ?? null,
    wifiMacAddress: hardware.wifiMacAddress ?? null,
    udid: general.udid ?? null,
    model: hardware.model ?? null,
    modelIdentifier: hardware.modelIdentifier ?? null,
    username: user.username ?? '',
    type: `${device.deviceType ?? 'iOS'}`.toLowerCase(),
    managementId: general.managementId ?? null,
  };
}
