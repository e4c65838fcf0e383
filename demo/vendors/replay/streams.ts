// Tells by its members which stream of a vendor a recorded object belongs to.
import type { SourceName } from '@tessera/base';
import type { Json } from '../../world.ts';
import { at } from '../standing.ts';

interface StreamRule {
  readonly stream: string;
  readonly fits: (record: Json) => boolean;
}
const has =
  (...names: readonly string[]) =>
  (record: Json): boolean =>
    names.every((name) => name in record);

/** First rule that fits wins. An id is not asked for: a record without one is served too, and the product has to say what is wrong with it. */
const rules: Readonly<Record<SourceName, readonly StreamRule[]>> = {
  okta: [
    { stream: 'log', fits: (record) => 'eventType' in record && ('uuid' in record || 'published' in record) },
    { stream: 'factors', fits: has('factorType') },
    { stream: 'users', fits: (record) => 'status' in record && at(record, 'profile.login') !== undefined },
    { stream: 'groups', fits: (record) => 'lastMembershipUpdated' in record || record.type === 'OKTA_GROUP' },
  ],
  intune: [
    { stream: 'policies', fits: (record) => `${record['@odata.type'] ?? ''}`.endsWith('CompliancePolicy') },
    {
      stream: 'devices',
      fits: (record) => has('deviceName')(record) && ('complianceState' in record || 'serialNumber' in record),
    },
    {
      stream: 'users',
      fits: (record) => has('userPrincipalName', 'displayName')(record) && !('deviceDisplayName' in record),
    },
  ],
  jamf: [
    { stream: 'mobileDevices', fits: (record) => 'mobileDeviceId' in record && 'deviceType' in record },
    { stream: 'computers', fits: (record) => isObject(record.general) && 'udid' in record && !('location' in record) },
  ],
  elasticsearch: [{ stream: 'documents', fits: has('_index', '_id', '_source') }],
  jira: [
    { stream: 'changelogPages', fits: has('issueId', 'changelogPage') },
    { stream: 'issues', fits: (record) => has('key', 'fields')(record) && isObject(record.fields) },
    { stream: 'histories', fits: (record) => Array.isArray(record.items) && 'created' in record },
    { stream: 'statuses', fits: has('statusCategory') },
    // Before projects: older answers give a user a key and a name, too.
    { stream: 'users', fits: has('accountId', 'displayName') },
    { stream: 'projects', fits: has('key', 'name', 'avatarUrls') },
  ],
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined when no endpoint of the stand-in serves such an object. */
export const streamOf = (source: SourceName, record: Json): string | undefined =>
  rules[source].find(({ fits }) => fits(record))?.stream;
