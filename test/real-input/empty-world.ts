// A tenant whose vendors hold nothing yet, and logs made of texts: what the recordings of others are put into.
import type { Tenant } from '@tessera/base';
import type { EventLog, TenantWorld } from '@tessera/demo';

const nothing: EventLog = { length: 0, persistedAt: () => 0, occurredAt: () => 0, json: () => '' };

export const emptyWorld = (tenant: Tenant, timeZone: string): TenantWorld => ({
  tenant,
  displayName: 'Recorded by others',
  timeZone,
  orgId: `${tenant}-hq`,
  people: [],
  okta: { users: [], factors: new Map(), groups: [], members: new Map(), log: nothing },
  intune: { devices: [], policies: [], users: [] },
  jamf: { computers: [], mobileDevices: [] },
  elasticsearch: { documents: nothing },
  jira: { issues: [], changelogs: new Map(), projects: [], users: [], statuses: [] },
});

/** Everything was stored at one instant, in this order. */
export function storedAt(instant: Date, records: readonly unknown[]): EventLog {
  const texts = records.map((record) => JSON.stringify(record));
  return {
    length: texts.length,
    persistedAt: () => instant.getTime(),
    occurredAt: () => instant.getTime(),
    json: (i) => texts[i] ?? '',
  };
}
