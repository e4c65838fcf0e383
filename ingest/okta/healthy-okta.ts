// For tests: an Okta organisation with two pages of everything, as the vendor's servers answer.
import type { ConnectorCase } from '../connector.contract.ts';
import { defineConnector } from '../define-connector.ts';
import type { StubAnswer, StubCall } from '../stub-vendor.ts';
import { okta } from './index.ts';

export const oktaToken = '00s3cret-token-of-a-read-only-admin';

export const oktaUser = (id: string, more: object = {}) => ({
  id,
  status: 'ACTIVE',
  created: '2025-01-01T00:00:00.000Z',
  activated: '2025-01-01T00:00:00.000Z',
  statusChanged: '2025-01-01T00:00:00.000Z',
  lastLogin: null,
  lastUpdated: '2025-06-01T00:00:00.000Z',
  passwordChanged: null,
  type: { id: 'oty1' },
  profile: {
    firstName: 'Ada',
    lastName: 'Byron',
    mobilePhone: null,
    secondEmail: null,
    login: `${id}@acme.example`,
    email: `${id}@acme.example`,
    department: 'Engineering',
  },
  credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
  _links: { self: { href: `https://acme.okta.example/api/v1/users/${id}` } },
  ...more,
});

export const oktaEvent = (uuid: string, more: object = {}) => ({
  actor: { id: 'u1', type: 'User', alternateId: 'u1@acme.example', displayName: 'Ada Byron', detailEntry: null },
  client: { userAgent: null, zone: 'null', device: null, id: null, ipAddress: null, geographicalContext: null },
  device: null,
  authenticationContext: { authenticationStep: 0, rootSessionId: 'root1', externalSessionId: null },
  displayMessage: 'User login to Okta',
  eventType: 'user.session.start',
  outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' },
  published: '2025-12-30T10:00:00.000Z',
  securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
  severity: 'WARN',
  debugContext: { debugData: { risk: '{level=LOW}', originalPrincipal: { id: 'x' } } },
  legacyEventType: null,
  transaction: { type: 'WEB', id: 'tx1', detail: {} },
  uuid,
  version: '0',
  request: { ipChain: [] },
  target: null,
  ...more,
});

export const oktaFactor = (id: string, more: object = {}) => ({
  id,
  factorType: 'push',
  provider: 'OKTA',
  vendorName: 'OKTA',
  status: 'ACTIVE',
  created: '2025-02-01T00:00:00.000Z',
  lastUpdated: '2025-02-01T00:00:00.000Z',
  profile: { credentialId: 'u1@acme.example' },
  _links: {},
  ...more,
});

export const oktaGroup = (id: string, name: string) => ({
  id,
  created: '2025-01-01T00:00:00.000Z',
  lastUpdated: '2025-01-01T00:00:00.000Z',
  lastMembershipUpdated: '2025-03-01T00:00:00.000Z',
  objectClass: ['okta:user_group'],
  type: 'OKTA_GROUP',
  profile: { name, description: null },
  _links: {},
});

/** Two pages: without `after` the first, with it the second. */
function twoPages(call: StubCall, url: string, first: readonly unknown[], second: readonly unknown[]): StubAnswer {
  if (call.url.searchParams.has('after')) return { body: second };
  const next = new URL(call.path, url);
  next.searchParams.set('after', 'opaque');
  return { body: first, headers: { link: `<${url}${call.path}>; rel="self", <${next}>; rel="next"` } };
}

/** The log's next link is there for ever; the third page is empty. */
function logPages(call: StubCall, url: string): StubAnswer {
  const after = Number(call.url.searchParams.get('after') ?? 0);
  const pages = [[oktaEvent('e1'), oktaEvent('e2')], [oktaEvent('e3', { published: '2025-12-29T10:00:00.000Z' })]];
  const next = new URL(call.path, url);
  next.searchParams.set('after', String(Math.min(after + 1, pages.length)));
  return { body: pages[after] ?? [], headers: { link: `<${next}>; rel="next"` } };
}

export function healthyOkta(call: StubCall, url: string): StubAnswer {
  const path = call.url.pathname;
  if (call.headers.authorization !== `SSWS ${oktaToken}`) return { status: 401, body: { errorCode: 'E0000011' } };
  if (path === '/api/v1/logs') return logPages(call, url);
  if (path === '/api/v1/groups') return twoPages(call, url, [oktaGroup('g1', 'Admins')], [oktaGroup('g2', 'Everyone')]);
  if (path.startsWith('/api/v1/groups/')) return twoPages(call, url, [oktaUser('u1')], [oktaUser('u2')]);
  if (path.endsWith('/factors'))
    return { body: [oktaFactor('f1'), oktaFactor('f2', { factorType: 'webauthn', provider: 'FIDO' })] };
  return twoPages(call, url, [oktaUser('u1'), oktaUser('u2')], [oktaUser('u3', { status: 'DEPROVISIONED' })]);
}

export const oktaCase: ConnectorCase = {
  connector: defineConnector(okta),
  settings: (url) => ({ url, token: oktaToken }),
  secrets: [oktaToken],
  answer: healthyOkta,
  at: '2026-01-01T00:00:00Z',
  busy: {
    headers: {
      date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      'x-rate-limit-limit': '120',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': '1767225617',
    },
    waitMs: 18_000,
  },
};
