// A tenant of a handful of records, for tests of the stand-ins that must not depend on the generator.
import { must, parseTenant } from '@tessera/base';
import type { EventLog, Json, TenantWorld, Versioned } from '@tessera/demo';

export const asOf = '2026-03-01T00:00:00.000Z';
export const daysBefore = (days: number): string => new Date(Date.parse(asOf) - days * 86_400_000).toISOString();

/** One version from long ago. */
export const always = (record: Json, id = `${record.id}`): Versioned<Json> => ({
  id,
  versions: [{ from: '2025-01-01T00:00:00.000Z', record }],
});
/** Versions at so many days before asOf; undefined = deleted. */
export const versions = (id: string, ...list: readonly (readonly [number, Json | undefined])[]): Versioned<Json> => ({
  id,
  versions: list.map(([days, record]) => ({ from: daysBefore(days), record })),
});

export interface LogEntry {
  readonly persisted: string;
  readonly occurred?: string;
  readonly json: Json;
}
export function eventLog(entries: readonly LogEntry[]): EventLog {
  const texts = entries.map(({ json }) => JSON.stringify(json));
  return {
    length: entries.length,
    persistedAt: (i) => Date.parse(entries[i]!.persisted),
    occurredAt: (i) => Date.parse(entries[i]!.occurred ?? entries[i]!.persisted),
    json: (i) => texts[i]!,
  };
}

/** `count` sign-ins, a minute apart, the last an hour before asOf. */
export const signIns = (count: number): EventLog =>
  eventLog(
    Array.from({ length: count }, (_, i) => {
      const at = new Date(Date.parse(asOf) - 3_600_000 - (count - 1 - i) * 60_000).toISOString();
      const result = i % 5 === 0 ? 'FAILURE' : 'SUCCESS';
      return {
        persisted: at,
        json: {
          uuid: `event-${i}`,
          published: at,
          eventType: 'user.session.start',
          version: '0',
          severity: 'INFO',
          displayMessage: 'User login to Okta',
          outcome: { result, reason: result === 'FAILURE' ? 'INVALID_CREDENTIALS' : null },
          actor: { id: '00u1', type: 'User', alternateId: 'ada@acme.example', displayName: 'Ada', detailEntry: null },
          target: null,
        },
      };
    }),
  );

const person = (id: string, login: string, status: string, lastUpdated: string): Json => ({
  id,
  status,
  created: '2025-01-01T00:00:00.000Z',
  lastUpdated,
  profile: { login, email: login, firstName: login, lastName: 'X' },
});

const device = (id: string, more: Json = {}): Json => ({
  id,
  userId: '',
  deviceName: `PC-${id}`,
  serialNumber: `SN-${id}`,
  operatingSystem: 'Windows',
  complianceState: 'compliant',
  lastSyncDateTime: '2026-02-27T10:00:00Z',
  enrolledDateTime: '2025-01-01T00:00:00Z',
  userPrincipalName: '',
  ...more,
});

const computer = (id: string, name: string, reportDate: string): Json => ({
  id,
  udid: `U-${id}`,
  general: {
    name,
    platform: 'Mac',
    reportDate,
    lastCheckIn: '2026-02-28T10:00:00Z',
    lastContact: '2026-02-28T11:00:00Z',
    remoteManagement: { managed: true },
  },
  hardware: { serialNumber: `C02${id}` },
  operatingSystem: { version: '14.5' },
  security: { gatekeeperStatus: 'APP_STORE' },
  diskEncryption: { fileVault2Enabled: true },
  userAndLocation: { username: `user${id}`, email: `user${id}@acme.example`, realname: `User ${id}` },
});

const issue = (n: number, updated: string): Json => ({
  id: String(10_000 + n),
  key: `OPS-${n}`,
  fields: {
    summary: `Issue ${n}`,
    created: '2026-01-01T00:00:00.000+0000',
    updated: updated.replace('Z', '+0000'),
    resolutiondate: null,
    resolution: null,
    project: { id: '1', key: 'OPS', name: 'Operations' },
    status: { id: '3', name: '处理中', statusCategory: { id: 4, key: 'indeterminate', name: '进行中' } },
    issuetype: { id: '1', name: 'Task', subtask: false },
  },
});

const history = (n: number): Json => ({
  id: String(500 + n),
  author: { accountId: 'a1' },
  created: new Date(Date.parse('2026-01-02T00:00:00Z') + n * 3_600_000).toISOString().replace('Z', '+0000'),
  items: [
    { field: 'status', fieldtype: 'jira', fieldId: 'status', from: '1', fromString: 'New', to: '3', toString: 'Doing' },
    { field: 'labels', fieldtype: 'jira', fieldId: 'labels', from: null, fromString: '', to: null, toString: 'x' },
  ],
});

const document = (i: number): LogEntry => {
  // Every tenth document happened an hour before it was ingested.
  const ingested = Date.parse(asOf) - (400 - i) * 60_000;
  const occurred = ingested - (i % 10 === 0 ? 3_600_000 : 1000);
  return {
    persisted: new Date(ingested).toISOString(),
    occurred: new Date(occurred).toISOString(),
    json: {
      _index: i % 2 ? 'logs-auth-000001' : 'logs-auth-000002',
      _id: `d${i}`,
      _source: {
        '@timestamp': new Date(occurred).toISOString(),
        event: {
          ingested: new Date(ingested).toISOString(),
          category: ['authentication'],
          action: 'ssh_login',
          outcome: i % 3 ? 'success' : 'failure',
        },
        user: { name: `u${i % 7}` },
        source: { ip: '198.18.0.1', port: 50_000 + i },
      },
    },
  };
};

/** The small tenant; parts can be replaced. */
export function smallWorld(parts: Partial<TenantWorld> = {}): TenantWorld {
  return {
    tenant: must(parseTenant('acme-corp')),
    displayName: 'Acme',
    timeZone: 'America/New_York',
    orgId: 'acme-corp-hq',
    people: [],
    okta: {
      users: [
        always(person('00u1', 'ada@acme.example', 'ACTIVE', '2026-01-01T00:00:00.000Z')),
        always(person('00u2', 'bob@acme.example', 'STAGED', '2026-01-02T00:00:00.000Z')),
        always(person('00u3', 'cyd@acme.example', 'DEPROVISIONED', '2026-02-03T00:00:00.000Z')),
        versions('00u4', [3, person('00u4', 'dan@acme.example', 'ACTIVE', daysBefore(3))]),
      ],
      factors: new Map([['00u1', [always({ id: 'f1', factorType: 'push', provider: 'OKTA', status: 'ACTIVE' })]]]),
      groups: [
        always({ id: '00g1', type: 'OKTA_GROUP', profile: { name: 'Everyone' } }),
        always({ id: '00g2', type: 'OKTA_GROUP', profile: { name: 'Admins' } }),
      ],
      members: new Map([['00g1', ['00u1', '00u2', '00u4']]]),
      log: signIns(2500),
    },
    intune: {
      devices: [
        ...Array.from({ length: 6 }, (_, i) => always(device(`d${i}`))),
        versions('d6', [10, device('d6', { complianceState: 'noncompliant' })], [2, undefined]),
        always(device('d7', { deviceCompliancePolicyStates: [] })),
      ],
      policies: [
        always({
          '@odata.type': '#microsoft.graph.windows10CompliancePolicy',
          id: 'p1',
          displayName: 'Windows',
          version: 3,
          createdDateTime: '2025-01-01T00:00:00Z',
          lastModifiedDateTime: '2025-01-01T00:00:00Z',
        }),
      ],
      users: [
        ...Array.from({ length: 5 }, (_, i) =>
          always({ id: `u${i}`, displayName: `U${i}`, userPrincipalName: `u${i}@acme.example`, mail: null }),
        ),
        versions('u9', [9, { id: 'u9', displayName: 'Gone', userPrincipalName: 'u9@acme.example' }], [1, undefined]),
      ],
    },
    jamf: {
      computers: [
        always(computer('1', 'Mac-C', '2026-02-20T00:00:00Z')),
        always(computer('2', 'Mac-A', '2026-02-27T00:00:00Z')),
        always(computer('10', 'Mac-B', '2025-02-27T00:00:00Z')),
      ],
      mobileDevices: [
        always(
          {
            mobileDeviceId: '1',
            deviceType: 'iOS',
            general: {
              udid: 'm1',
              displayName: 'Phone',
              managed: true,
              lastInventoryUpdateDate: '2026-02-27T00:00:00Z',
            },
            hardware: { serialNumber: 'F1', model: 'iPhone' },
            userAndLocation: { username: 'ada', emailAddress: 'ada@acme.example' },
          },
          '1',
        ),
      ],
    },
    elasticsearch: { documents: eventLog(Array.from({ length: 300 }, (_, i) => document(i))) },
    jira: {
      issues: Array.from({ length: 130 }, (_, i) =>
        i === 129
          ? versions('10129', [20, issue(129, daysBefore(20))], [1, undefined])
          : always(issue(i, new Date(Date.parse(daysBefore(30)) + i * 1000).toISOString()), String(10_000 + i)),
      ),
      changelogs: new Map([['10001', Array.from({ length: 140 }, (_, n) => history(n))]]),
      projects: [
        always({ id: '1', key: 'OPS', name: 'Operations' }),
        always({ id: '2', key: 'OLD', name: 'Old', archived: true }),
      ],
      users: [always({ accountId: 'a1', accountType: 'atlassian', displayName: 'Ada', active: true }, 'a1')],
      statuses: [{ id: '3', name: '处理中', statusCategory: { id: 4, key: 'indeterminate', name: '进行中' } }],
    },
    ...parts,
  };
}
