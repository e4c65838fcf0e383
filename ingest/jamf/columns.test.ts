// What Jamf Pro's odd values become in bronze.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageBody } from '../stage-body.ts';
import { computers } from './computers.ts';
import { mobileDevices } from './mobile-devices.ts';

const page = (...results: object[]) => ({ totalCount: results.length, results });

test('ids are text or numbers, and one key', async (t) => {
  const rows = await stageBody(t, computers, page({ id: '1' }, { id: 7001 }));
  assert.deepEqual(
    rows.map((row) => row._key),
    ['1', '7001'],
  );
});

test('the last contact is read by its old name and by both new ones', async (t) => {
  const rows = await stageBody(
    t,
    computers,
    page(
      { id: '1', general: { lastContactTime: '2018-10-31T18:04:13Z' } },
      { id: '2', general: { lastCheckIn: '2018-10-31T19:12:44Z', lastContact: '2018-10-31T18:04:13Z' } },
    ),
  );
  assert.match(JSON.stringify(rows[0]?.last_check_in), /18:04:13/);
  assert.match(JSON.stringify(rows[0]?.last_contact), /18:04:13/);
  assert.match(JSON.stringify(rows[1]?.last_check_in), /19:12:44/);
  assert.match(JSON.stringify(rows[1]?.last_contact), /18:04:13/);
});

test("nothing is written as '', as the word null, as null, or as -1", async (t) => {
  const rows = await stageBody(
    t,
    computers,
    page(
      {
        id: '1',
        general: { name: 'null', reportDate: '', site: { id: '-1' } },
        userAndLocation: { username: '', email: 'null', departmentId: '-1' },
      },
      { id: '2', general: { name: 'Ana\u2019s Mac', reportDate: null, site: null }, userAndLocation: null },
    ),
  );
  assert.deepEqual(
    rows.map((row) => [row.report_date, row.site_id, row.username, row.email, row.department_id]),
    [
      [null, null, null, null, null],
      [null, null, null, null, null],
    ],
  );
  assert.deepEqual(
    rows.map((row) => row.device_name),
    [null, 'Ana\u2019s Mac'],
  );
  assert.deepEqual(
    rows.map((row) => [row._problem, row._misfit]),
    [
      [null, null],
      [null, null],
    ],
  );
});

test('sections that were not asked for are null, and unknown is not false', async (t) => {
  const [row] = await stageBody(
    t,
    computers,
    page({ id: '1', diskEncryption: null, security: null, operatingSystem: null }),
  );
  assert.deepEqual([row?.file_vault2_enabled, row?.file_vault2_status, row?.gatekeeper_status], [null, null, null]);
});

test('NOT_COLLECTED is kept as it is: no value, and no failure either', async (t) => {
  const [row] = await stageBody(
    t,
    computers,
    page({ id: '1', security: { gatekeeperStatus: 'NOT_COLLECTED', sipStatus: 'NOT_COLLECTED' } }),
  );
  assert.deepEqual([row?.gatekeeper_status, row?.sip_status], ['NOT_COLLECTED', 'NOT_COLLECTED']);
});

test('a mobile device with a section that could not be read lands without it', async (t) => {
  const rows = await stageBody(
    t,
    mobileDevices,
    page(
      { mobileDeviceId: '1', deviceType: 'iOS', general: null, hardware: { serialNumber: 'X' } },
      { id: '2', name: 'short list', type: 'tvos', serialNumber: 'Y' },
    ),
  );
  assert.deepEqual(
    rows.map((row) => [row._key, row.device_type, row.serial_number, row._problem]),
    [
      ['1', 'iOS', 'X', null],
      ['2', 'tvos', 'Y', null],
    ],
  );
});
