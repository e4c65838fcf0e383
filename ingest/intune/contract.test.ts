// Intune and Entra pass the connectors' contract.
import { type ConnectorCase, connectorContract } from '../connector.contract.ts';
import { defineConnector } from '../define-connector.ts';
import type { StubAnswer, StubCall } from '../stub-vendor.ts';
import { intune } from './index.ts';

const clientSecret = 's3cret-of-the-application';
const accessToken = `e30.${Buffer.from(JSON.stringify({ roles: intune.scopes })).toString('base64url')}.s3cret-signature`;

const device = (n: number) => ({
  id: `device-${n}`,
  deviceName: `LAPTOP-${n}`,
  serialNumber: `SN${n}`,
  operatingSystem: 'Windows',
  osVersion: '10.0.22631.1',
  managedDeviceOwnerType: 'company',
  complianceState: n % 2 === 0 ? 'compliant' : 'inGracePeriod',
  complianceGracePeriodExpirationDateTime: '9999-12-31T23:59:59Z',
  managementAgent: 'mdm',
  enrolledDateTime: '2025-06-01T08:00:00Z',
  lastSyncDateTime: '2025-12-31T08:00:00Z',
  isEncrypted: true,
  jailBroken: 'Unknown',
  userPrincipalName: `user${n}@acme.example`,
});
const policy = (id: string) => ({
  '@odata.type': '#microsoft.graph.windows10CompliancePolicy',
  id,
  displayName: `Policy ${id}`,
  createdDateTime: '2025-01-01T00:00:00.1234567Z',
  lastModifiedDateTime: '2025-01-02T00:00:00Z',
  version: 1,
});
const state = (id: string) => ({
  id,
  displayName: 'Windows',
  state: 'compliant',
  version: 1,
  platformType: 'windows10AndLater',
  settingCount: 4,
  settingStates: [],
});
const user = (n: number) => ({
  id: `user-${n}`,
  userPrincipalName: `user${n}@acme.example`,
  mail: null,
  accountEnabled: true,
});

/** Two pages: the second behind a nextLink. */
function paged(call: StubCall, url: string, first: object, second: object, end: object = {}): StubAnswer {
  if (call.url.searchParams.get('page') === '2') return { body: { value: [second], ...end } };
  return { body: { value: [first], '@odata.nextLink': `${url}${call.url.pathname}?page=2` } };
}

const intuneCase: ConnectorCase = {
  connector: defineConnector(intune),
  settings: (url) => ({
    graphUrl: `${url}/v1.0`,
    authorityUrl: url,
    directoryId: 'directory',
    clientId: 'client',
    clientSecret,
  }),
  secrets: [clientSecret, accessToken],
  busy: { headers: { 'retry-after': '17' }, waitMs: 17_000 },
  answer(call, url) {
    const { pathname, searchParams } = call.url;
    if (pathname.endsWith('/oauth2/v2.0/token'))
      return { body: { token_type: 'Bearer', expires_in: 3599, access_token: accessToken } };
    if (pathname.endsWith('/managedDevices')) return paged(call, url, device(1), device(2));
    if (pathname.endsWith('/deviceCompliancePolicies')) return paged(call, url, policy('p1'), policy('p2'));
    if (pathname.endsWith('/deviceCompliancePolicyStates')) return { body: { value: [state('p1')] } };
    if (!pathname.endsWith('/users/delta')) return { status: 404, body: { error: { code: 'ResourceNotFound' } } };
    const end = { '@odata.deltaLink': `${url}/v1.0/users/delta?since=1` };
    if (searchParams.has('since')) return { body: { value: [], ...end } };
    return paged(call, url, user(1), user(2), end);
  },
};

connectorContract(intuneCase);
