// Requirement 75: a state whose device is not known yet is parked: kept, counted, shown nowhere, and let go by itself when the device comes; the ledger balances at each step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectors, stageStream } from '@tessera/ingest';
import { loadProject, openTables } from '@tessera/transforms';
import { testLake } from '../../ingest/test-lake.ts';
import { parseTenantConfig, runTenant } from '../index.ts';
import { openLedger } from './ledger-store.ts';
import { countParked, listParked } from './parked-states.ts';

test('a device state before its device is parked, and released when the device appears', async (t) => {
  const { lake, engine, now, needs } = await testLake(t, '2026-01-01T06:00:00Z');
  const models = await loadProject();
  const { sleep, observe } = needs('intune', 'x');
  const run = {
    ...{ lake, engine, connectors, web: async () => assert.fail('no vendor is asked'), env: {}, now, sleep, observe },
    ...{ serving: { build: async () => {} }, models },
  };
  const config = parseTenantConfig(
    {
      ...{ tenant: 'acme-corp', displayName: 'Acme', timeZone: 'UTC', orgId: 'acme-corp-hq' },
      connections: [
        { source: 'intune', settings: { tenantId: 't', clientId: 'c' }, secrets: { clientSecret: { env: 'NONE' } } },
      ],
    },
    'x',
  );
  let pages = 0;
  const arrive = async (name: string, value: object[], parent?: string) => {
    const stream = connectors.find(({ source }) => source === 'intune')?.streams.find((one) => one.name === name);
    assert.ok(stream);
    const body = Buffer.from(JSON.stringify({ value }));
    const named = `20260101T0${++pages}0000000Z-sync`;
    const about = {
      source: 'intune',
      stream: name,
      run: named,
      page: 1,
      request: `GET /${name}`,
      status: 200,
    } as const;
    const note = { cursor: null, records: value.length, bytes: body.byteLength, ...(parent ? { parent } : {}) };
    const entry = await lake.raw.put({ ...about, receivedAt: now(), body, cursor: JSON.stringify(note) });
    await stageStream(needs('intune', named), stream, { entries: [entry], complete: true });
  };
  const tables = openTables(lake, models);
  const count = async (name: string) => {
    const { sql } = (await tables.get(name)?.scan()) ?? { sql: '' };
    return Number((await engine.query(`select count(*) as n from (${sql})`))[0]?.n);
  };
  const build = async () => {
    now.set(new Date(now().getTime() + 900_000));
    const { release } = await runTenant(run, config, { sources: [], retryWaitMs: 0 });
    const [entry] = await openLedger(lake).entries(1);
    assert.equal(entry?.balanced, true);
    const lines = entry?.lines.filter(({ object }) => object === 'device_policy_states') ?? [];
    const parked = lines.reduce((n, { reasons }) => n + (reasons['parked: its device is not known yet'] ?? 0), 0);
    return [release.number, parked, await count('parked_device_states'), await count('device_policy_states')];
  };
  const device = (id: string) => ({ id, deviceName: id, serialNumber: `S${id}`, complianceState: 'compliant' });

  assert.equal(await countParked(lake, engine), 0, 'before the first build');
  await arrive('managed_devices', [device('d1')]);
  await arrive('device_policy_states', [{ id: 'p1', displayName: 'Disk', state: 'compliant' }], 'd1');
  await arrive('device_policy_states', [{ id: 'p1', displayName: 'Disk', state: 'nonCompliant' }], 'd2');
  assert.deepEqual(await build(), [1, 1, 1, 1]);
  assert.equal(await countParked(lake, engine), 1);
  assert.deepEqual(
    (await listParked(lake, engine)).map(({ device }) => device),
    ['d2'],
  );
  assert.equal(await count('dim_device'), 1, 'the device of a parked state is shown nowhere');

  now.set('2026-01-01T08:00:00Z');
  await arrive('managed_devices', [device('d1'), device('d2')]);
  assert.deepEqual(await build(), [2, 0, 0, 2]);
  assert.deepEqual([await countParked(lake, engine), await listParked(lake, engine)], [0, []]);
  assert.equal(await count('dim_device'), 2);
});
