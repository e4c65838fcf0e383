// What Graph's odd values become in bronze.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageBody } from '../stage-body.ts';
import { compliancePolicies } from './compliance-policies.ts';
import { devicePolicyStates } from './device-policy-states.ts';
import { managedDevices } from './managed-devices.ts';
import { users } from './users.ts';

const devices = (...value: object[]) => ({ '@odata.context': 'x', '@odata.count': value.length, value });

test('sentinel dates are null: 0001 is never, 9999 is no grace period, in seconds or seven digits', async (t) => {
  const rows = await stageBody(
    t,
    managedDevices,
    devices(
      {
        id: 'a',
        lastSyncDateTime: '0001-01-01T00:00:00Z',
        complianceGracePeriodExpirationDateTime: '9999-12-31T23:59:59Z',
      },
      {
        id: 'b',
        lastSyncDateTime: '0001-01-01T00:00:00.0000000Z',
        complianceGracePeriodExpirationDateTime: '9999-12-31T23:59:59.9999999Z',
      },
      {
        id: 'c',
        lastSyncDateTime: '2021-03-10T00:24:15.1234567Z',
        complianceGracePeriodExpirationDateTime: '2021-02-17T19:13:41Z',
      },
    ),
  );
  for (const row of rows.slice(0, 2)) assert.deepEqual([row.last_sync, row.compliance_grace_expires], [null, null]);
  assert.match(JSON.stringify(rows[2]?.last_sync), /2021-03-10.00:24:15\.123/);
  assert.match(JSON.stringify(rows[2]?.compliance_grace_expires), /2021-02-17.19:13:41/);
});

test('attack 145: values outside the documented lists are kept; a value of another type goes to quarantine', async (t) => {
  const rows = await stageBody(
    t,
    managedDevices,
    devices(
      {
        id: 'a',
        complianceState: 'somethingNew',
        managementAgent: 'intuneAosp',
        jailBroken: 'false',
        operatingSystem: 'AndroidForWork',
      },
      { id: 'b', totalStorageSpaceInBytes: -1247805440, isEncrypted: null, serialNumber: '0' },
      { id: 'c', totalStorageSpaceInBytes: 'a lot', isEncrypted: 'perhaps' },
    ),
  );
  assert.deepEqual(
    rows.map((row) => row._problem),
    [null, null, rows[2]?._misfit],
  );
  assert.equal(rows[0]?.compliance_state, 'somethingNew');
  assert.equal(rows[0]?.jail_broken, 'false');
  assert.equal(String(rows[1]?.total_storage_bytes), '-1247805440');
  assert.equal(rows[1]?.serial_number, '0');
  assert.equal(rows[2]?.total_storage_bytes, null);
  assert.match(String(rows[2]?._misfit), /isEncrypted is not a BOOLEAN; .*totalStorageSpaceInBytes is not a BIGINT/);
});

test("an unset user is '' in the listing and null in an entity: null in both", async (t) => {
  const rows = await stageBody(
    t,
    managedDevices,
    devices(
      { id: 'a', userPrincipalName: '', emailAddress: '', userId: '' },
      { id: 'b', userPrincipalName: null, emailAddress: null, userId: null },
      {
        id: 'c',
        userPrincipalName: 'ana_mail.example#EXT#@acme.onmicrosoft.example',
        emailAddress: 'no e-mail',
        userId: 'u',
      },
    ),
  );
  for (const row of rows.slice(0, 2))
    assert.deepEqual([row.user_principal_name, row.email_address, row.user_id], [null, null, null]);
  assert.equal(rows[2]?.user_principal_name, 'ana_mail.example#EXT#@acme.onmicrosoft.example');
});

test('beta and v1.0 name two fields differently, and both are read', async (t) => {
  const rows = await stageBody(
    t,
    managedDevices,
    devices(
      { id: 'a', ownerType: 'company', azureActiveDirectoryDeviceId: 'aad' },
      { id: 'b', managedDeviceOwnerType: 'personal', azureADDeviceId: '00000000-0000-0000-0000-000000000000' },
    ),
  );
  assert.deepEqual(
    rows.map((row) => [row.managed_device_owner_type, row.azure_ad_device_id]),
    [
      ['company', 'aad'],
      ['personal', null],
    ],
  );
});

test('a device without an id goes to quarantine with the path, and its neighbours land', async (t) => {
  const rows = await stageBody(t, managedDevices, devices({ deviceName: 'nameless' }, { id: 'b' }));
  assert.deepEqual(
    rows.map((row) => row._problem),
    ['$.id is missing', null],
  );
});

test('a removed user is a deletion that needs its id only, whatever the reason', async (t) => {
  const rows = await stageBody(t, users, {
    value: [
      { id: 'a', '@removed': { reason: 'changed' } },
      { id: 'b', '@removed': { reason: 'deleted' } },
      { id: 'c', mail: null, userPrincipalName: 'c@acme.example' },
    ],
    '@odata.deltaLink': 'x',
  });
  assert.deepEqual(
    rows.map((row) => [row._key, row._deleted, row._problem]),
    [
      ['a', true, null],
      ['b', true, null],
      ['c', false, null],
    ],
  );
});

test('a policy says its kind in @odata.type', async (t) => {
  const [row] = await stageBody(
    t,
    compliancePolicies,
    devices({
      '@odata.type': '#microsoft.graph.iosCompliancePolicy',
      id: 'p',
      createdDateTime: '2021-02-17T18:30:00.3790438Z',
      version: 2,
    }),
  );
  assert.equal(row?.policy_type, '#microsoft.graph.iosCompliancePolicy');
  assert.match(JSON.stringify(row?.created_at), /2021-02-17.18:30:00\.379/);
});

test('a policy state belongs to the device that was asked', async (t) => {
  const [row] = await stageBody(
    t,
    devicePolicyStates,
    devices({ id: 'p', state: 'nonCompliant', settingCount: 3 }),
    'device-1',
  );
  assert.deepEqual(
    [row?.device_id, row?._key, row?.state, row?.setting_count],
    ['device-1', 'device-1|p', 'nonCompliant', 3],
  );
});
