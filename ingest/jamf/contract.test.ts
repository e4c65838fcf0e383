// Jamf Pro passes the connectors' contract.
import { type ConnectorCase, connectorContract } from '../connector.contract.ts';
import { defineConnector } from '../define-connector.ts';
import { computers } from './computers.ts';
import { jamf } from './index.ts';
import { mobileDevices } from './mobile-devices.ts';

const clientSecret = 's3cret-of-the-client';
const accessToken = 's3cret-access-token';

const mac = (id: number) => ({
  id: String(id),
  udid: `UDID-${id}`,
  general: {
    name: `Mac ${id}`,
    platform: 'Mac',
    remoteManagement: { managed: true },
    reportDate: '2025-12-31T00:00:00Z',
    lastCheckIn: '2025-12-31T08:00:00Z',
    site: { id: '-1' },
  },
  hardware: { serialNumber: `C02${id}`, model: 'MacBook Pro' },
  operatingSystem: { name: 'macOS', version: '15.1', fileVault2Status: 'ALL_ENCRYPTED' },
  diskEncryption: { fileVault2Enabled: true },
  security: { gatekeeperStatus: 'NOT_COLLECTED', firewallEnabled: true },
  userAndLocation: { username: `user${id}`, email: '' },
  purchasing: null,
});
const phone = (id: number) => ({
  mobileDeviceId: String(id),
  deviceType: 'iOS',
  general: {
    displayName: `Phone ${id}`,
    managed: true,
    deviceOwnershipType: 'Institutional',
    lastInventoryUpdateDate: '2025-12-31T00:00:00.000Z',
  },
  hardware: { serialNumber: `F${id}` },
  security: null,
});
const fleet = <T>(size: number, make: (id: number) => T) => Array.from({ length: size + 1 }, (_, i) => make(i + 1));
const macs = fleet(computers.pageSize, mac);
const phones = fleet(mobileDevices.pageSize, phone);

const jamfCase: ConnectorCase = {
  connector: defineConnector(jamf),
  settings: (url) => ({ url, clientId: 'client', clientSecret }),
  secrets: [clientSecret, accessToken, 's3cret-node'],
  busy: { headers: {}, waitMs: 1000 },
  answer({ url: { pathname, searchParams } }) {
    if (pathname.endsWith('/oauth/token'))
      return { body: { access_token: accessToken, token_type: 'Bearer', scope: 'api-role:2', expires_in: 60 } };
    const records = { '/api/v4/computers-inventory': macs, '/api/v2/mobile-devices/detail': phones }[pathname];
    if (records === undefined) return { status: 404, body: { httpStatus: 404, errors: [] } };
    const size = Number(searchParams.get('page-size'));
    const start = Number(searchParams.get('page')) * size;
    return {
      headers: { 'set-cookie': 'jpro-ingress=s3cret-node; Path=/; HttpOnly' },
      body: { totalCount: records.length, results: records.slice(start, start + size) },
    };
  },
};

connectorContract(jamfCase);
