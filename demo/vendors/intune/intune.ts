// Microsoft Graph as a vendor: Intune's devices and policies, Entra's users, and Entra's token endpoint beside it.
import type { Json } from '../../world.ts';
import type { MeterRule } from '../meter.ts';
import { standing, standingById } from '../standing.ts';
import type { Vendor, VendorNeeds } from '../vendor.ts';
import { graphError, graphJson } from './answers.ts';
import { listed, policyStates, single } from './managed-devices.ts';
import { odataPage } from './odata-list.ts';
import { entraTokens } from './tokens.ts';
import { usersDelta } from './users-delta.ts';

/** Requests of one app in one tenant. */
const strict: Record<string, MeterRule> = {
  devices: { kind: 'bucket', limit: 2000, perMs: 20_000 },
  directory: { kind: 'bucket', limit: 3500, perMs: 10_000 },
};
const demo: Record<string, MeterRule> = {
  devices: { kind: 'bucket', limit: 20_000, perMs: 20_000 },
  directory: { kind: 'bucket', limit: 35_000, perMs: 10_000 },
};
/** What `/users` gives unless $select asks for more is all that the world holds. */
const whole = (record: Json): Json => record;

/** The stand-in's side of Graph v1.0 (`beta` answers the same) and of `oauth2/v2.0/token`. */
export function createIntune({ world, now, limits, credentials, overScoped }: VendorNeeds): Vendor {
  const { devices, policies, users } = world.intune;
  const tokens = entraTokens({ now, overScoped, ...credentials.intune });
  const deviceById = standingById(devices);
  const policyById = standingById(policies);
  const userById = standingById(users);
  const none = (id: string) => graphError(404, 'ResourceNotFound', `Resource '${id}' does not exist.`);
  const collection = (context: string, value: readonly unknown[], base: string) =>
    graphJson({ '@odata.context': `${base}/v1.0/$metadata#${context}`, value });

  const graph = (version: string): Vendor['routes'] => [
    {
      method: 'GET',
      path: `/${version}/deviceManagement/managedDevices`,
      meter: 'devices',
      answer: (request) =>
        odataPage(request, standing(devices, now()), {
          context: 'deviceManagement/managedDevices',
          pageSize: 1000,
          maxTop: 1000,
          count: true,
          shape: listed,
          filterable: ['id', 'operatingSystem', 'complianceState', 'lastSyncDateTime', 'serialNumber', 'deviceName'],
        }),
    },
    {
      method: 'GET',
      path: `/${version}/deviceManagement/managedDevices/:id`,
      meter: 'devices',
      child: true,
      answer: (request, { id = '' }) => {
        const device = deviceById(id, now());
        const context = `${request.base}/v1.0/$metadata#deviceManagement/managedDevices/$entity`;
        return device ? graphJson({ '@odata.context': context, ...single(device) }) : none(id);
      },
    },
    {
      method: 'GET',
      path: `/${version}/deviceManagement/managedDevices/:id/deviceCompliancePolicyStates`,
      meter: 'devices',
      child: true,
      answer: (request, { id = '' }) => {
        const device = deviceById(id, now());
        if (!device) return none(id);
        const context = `deviceManagement/managedDevices('${id}')/deviceCompliancePolicyStates`;
        return collection(context, policyStates(device, standing(policies, now())), request.base);
      },
    },
    {
      method: 'GET',
      path: `/${version}/deviceManagement/managedDeviceOverview`,
      meter: 'devices',
      answer: () => {
        const enrolled = standing(devices, now()).length;
        const counts = { enrolledDeviceCount: enrolled, mdmEnrolledCount: enrolled, dualEnrolledDeviceCount: 0 };
        return graphJson({ id: world.tenant, ...counts });
      },
    },
    {
      method: 'GET',
      path: `/${version}/deviceManagement/deviceCompliancePolicies`,
      meter: 'devices',
      answer: (request) =>
        odataPage(request, standing(policies, now()), {
          context: 'deviceManagement/deviceCompliancePolicies',
          pageSize: 1000,
          maxTop: 1000,
          count: false,
          shape: whole,
          filterable: ['id'],
        }),
    },
    {
      method: 'GET',
      path: `/${version}/deviceManagement/deviceCompliancePolicies/:id`,
      meter: 'devices',
      child: true,
      answer: (_, { id = '' }) => {
        const policy = policyById(id, now());
        return policy ? graphJson(policy) : none(id);
      },
    },
    {
      method: 'GET',
      path: `/${version}/deviceManagement/deviceCompliancePolicies/:id/deviceStatuses`,
      meter: 'devices',
      child: true,
      answer: (request, { id = '' }) => {
        const policy = policyById(id, now());
        if (!policy) return none(id);
        const statuses = standing(devices, now()).flatMap((device) =>
          policyStates(device, [policy])
            .filter((state) => state.id === policy.id)
            .map((state) => deviceStatus(device, state)),
        );
        return collection(`deviceManagement/deviceCompliancePolicies('${id}')/deviceStatuses`, statuses, request.base);
      },
    },
    { method: 'GET', path: `/${version}/users/delta`, meter: 'directory', answer: usersDelta(users, now) },
    {
      method: 'GET',
      path: `/${version}/users`,
      meter: 'directory',
      answer: (request) =>
        odataPage(request, standing(users, now()), {
          context: 'users',
          pageSize: 100,
          maxTop: 999,
          count: false,
          shape: whole,
          filterable: ['id', 'userPrincipalName', 'mail', 'displayName', 'accountEnabled'],
        }),
    },
    {
      method: 'GET',
      path: `/${version}/users/:id`,
      meter: 'directory',
      child: true,
      answer: (_, { id = '' }) => {
        const user = userById(id, now()) ?? standing(users, now()).find((one) => one.userPrincipalName === id);
        return user ? graphJson(user) : none(id);
      },
    },
  ];

  return {
    meters: limits === 'strict' ? strict : demo,
    faults: ['busy', 'error500', 'error503', 'truncated', 'expired', 'slow'],
    routes: [
      { method: 'POST', path: '/oauth2/v2.0/token', meter: 'token', open: true, answer: (r) => tokens.issue(r) },
      {
        method: 'POST',
        path: '/:directory/oauth2/v2.0/token',
        meter: 'token',
        open: true,
        answer: (request, { directory }) => tokens.issue(request, directory),
      },
      ...graph('v1.0'),
      ...graph('beta'),
    ],
    refuse: tokens.refuse,
    revokeTokens: tokens.revoke,
    unknownPath: (request) =>
      graphError(400, 'BadRequest', `Resource not found for the segment '${request.path.split('/').at(-1)}'.`),
    busy: ({ resetAt }, now) => {
      const seconds = Math.max(1, Math.ceil((resetAt - now) / 1000));
      const answer = graphError(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': String(seconds) });
      return { answer, until: now + seconds * 1000 };
    },
    broken: (status) =>
      status === 503
        ? graphError(503, 'ServiceUnavailable', 'The service is temporarily unavailable.', { 'retry-after': '1' })
        : graphError(500, 'InternalServerError', 'An internal server error occurred.'),
    dress: (_, request) => ({
      'request-id': 'tessera-demo',
      'cache-control': 'private',
      ...(request.path.includes('/users') && { 'x-ms-resource-unit': '2' }),
    }),
  };
}

const deviceStatus = (device: Json, state: Json): Json => ({
  id: `${device.userId}_${state.id}_${device.id}`,
  deviceDisplayName: device.deviceName,
  userName: device.userDisplayName ?? null,
  userPrincipalName: device.userPrincipalName,
  deviceModel: device.model,
  complianceGracePeriodExpirationDateTime: device.complianceGracePeriodExpirationDateTime ?? '9999-12-31T23:59:59Z',
  status: state.state,
  lastReportedDateTime: device.lastSyncDateTime,
});
