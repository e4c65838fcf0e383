// Managed devices as Graph shows them: the listing, the single entity (which differs in small ways), and the states of policies on a device.
import type { Json } from '../../world.ts';

const navigation = ['deviceCompliancePolicyStates', 'deviceConfigurationStates', 'users', 'deviceCategory'];

/** A device in a listing: no navigation properties. */
export function listed(device: Json): Json {
  if (!navigation.some((name) => name in device)) return device;
  return Object.fromEntries(Object.entries(device).filter(([name]) => !navigation.includes(name)));
}

/** A device asked by id: seven digits of a second, and null where the listing has ''. */
export function single(device: Json): Json {
  return Object.fromEntries(
    Object.entries(listed(device)).map(([name, value]) => {
      if (value === '') return [name, null];
      const whole = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:]{8}Z$/.test(value);
      return [name, whole ? `${value.slice(0, -1)}.0000000Z` : value];
    }),
  );
}

/** A policy's own vocabulary for a device's state. */
const statusOf: Readonly<Record<string, string>> = {
  compliant: 'compliant',
  noncompliant: 'nonCompliant',
  conflict: 'conflict',
  error: 'error',
  inGracePeriod: 'nonCompliant',
};
const platformOf: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^windows/i, /windows/i, 'windows10AndLater'],
  [/^(macos|mac os)/i, /macOS/, 'macOS'],
  [/^(ios|ipados)/i, /ios/i, 'iOS'],
  [/^android/i, /android/i, 'android'],
];

/** The record's own states when it has them, else one a policy of its platform, in agreement with complianceState. */
export function policyStates(device: Json, policies: readonly Json[]): readonly Json[] {
  const own = device.deviceCompliancePolicyStates;
  if (Array.isArray(own)) return own;
  const platform = platformOf.find(([system]) => system.test(`${device.operatingSystem}`));
  if (!platform) return [];
  return policies
    .filter((policy) => platform[1].test(`${policy['@odata.type']}`))
    .map((policy) => ({
      id: policy.id,
      settingCount: 1,
      displayName: policy.displayName,
      version: policy.version ?? 1,
      platformType: platform[2],
      state: statusOf[`${device.complianceState}`] ?? 'unknown',
      settingStates: [],
    }));
}
