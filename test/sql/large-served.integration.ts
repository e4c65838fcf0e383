// Answers of many rows as they are served: the tenant's own copy gives its columns in parts, with tokens for values, rows chosen by rights, and a line in the trail.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must } from '@tessera/base';
import { createEngine, createFolderStore, createServing, openTenantLake, parseTableName } from '@tessera/lakehouse';
import { createCubeDriver, TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import type { Rights } from '@tessera/security';
import { type ColumnMeta, goldTables } from '@tessera/transforms/gold-meta';
import type pg from 'pg';
import Cursor from 'pg-cursor';
import { servedTables } from '../../cli/wire-keys.ts';
import { acme, globex } from '../cube/served-tenants.ts';
import { cancelledInTheMiddle, codeOf, type OpenDoor, openDoor, rowsOf } from './open-door.ts';

/** More than a statement may hold at once. */
const many = 51_000;
const people = 300;
const keys = new Map([acme, globex].map((tenant) => [tenant, randomBytes(32)]));
const made: Readonly<Record<string, string>> = {
  tenant_id: "'acme-corp'",
  attempt_id: "'a' || i",
  started_on: "date '2026-01-01'",
  started_at: "timestamptz '2026-01-01 00:00:00Z' + to_milliseconds(i * 60001)",
  outcome: "['success', 'failure', 'denied', 'abandoned'][1 + (i * 7) % 4]",
  department: "[null, 'IT', 'Sales', 'O''Hara'][1 + (i * 5) % 4]",
  country: "['US', 'DE', 'IN'][1 + i % 3]",
  actor_login: `case when i % 101 = 0 then null else 'person-' || (i % ${people}) || '@example.test' end`,
};
const blank: Readonly<Record<ColumnMeta['type'], string>> = {
  VARCHAR: "'x'",
  BOOLEAN: 'false',
  INTEGER: '0',
  BIGINT: '0',
  DOUBLE: '0',
  DATE: "date '2026-01-01'",
  TIMESTAMPTZ: "timestamptz '2026-01-01 00:00:00Z'",
};

let open: OpenDoor;
const closes: (() => unknown)[] = [];
before(async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tessera-large-served-'));
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  const store = createFolderStore(path.join(folder, 'lake'));
  const serving = createServing({
    tables: servedTables,
    folder: path.join(folder, 'serving'),
    memoryLimit: '256MB',
    maskKeyOf: async (tenant) => keys.get(tenant) ?? randomBytes(32),
  });
  const meta: Readonly<Record<string, ColumnMeta>> = goldTables.fact_auth_attempt.columns;
  const columns = Object.fromEntries(Object.entries(meta).map(([name, { type }]) => [name, type]));
  const cells = Object.entries(meta).map(([name, { type }]) => `${made[name] ?? blank[type]} as ${name}`);
  for (const tenant of [acme, globex]) {
    const lake = openTenantLake(store, engine, tenant);
    const table = lake.table('gold', must(parseTableName('fact_auth_attempt')), { columns });
    const sql = `select ${cells.join(', ')} from range(${many}) r(i)`.replaceAll('acme-corp', tenant);
    const { version } = await engine.session((session) => table.overwrite(session, { sql }));
    const told = {
      run: 'r',
      at: new Date(),
      asOf: new Date('2026-03-01T00:00:00Z'),
      rows: {},
      inputs: {},
      sources: {},
    };
    await serving.build(lake, { number: 1, tables: { fact_auth_attempt: version }, ...told });
  }
  open = await openDoor({
    fill: async () => {},
    backend: { driverFor: (tenant) => createCubeDriver(serving, tenant), dialect: TesseraDuckDbQuery },
  });
  closes.push(
    () => open.close(),
    () => serving.close(),
    () => engine.close(),
    () => rm(folder, { recursive: true }),
  );
});
after(async () => {
  for (const close of closes) await close();
});

const text =
  'select started_at::text, actor_login, department, measure(attempt_count) from auth_attempts group by started_at, actor_login, department';
const masked = { masked: new Set(['auth_attempts.actor_login']) };
const login = (i: number) => (i % 101 === 0 ? null : `person-${i % people}@example.test`);
const token = (value: string | null) => {
  const key = keys.get(acme) ?? '';
  return value && `person_${createHmac('sha256', key).update(`person|${value}`).digest('hex').slice(0, 16)}`;
};
const department = (i: number) => [null, 'IT', 'Sales', "O'Hara"][(i * 5) % 4];
const at = (i: number) =>
  new Date(Date.UTC(2026, 0, 1) + i * 60_001)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.?0*Z$/, '');
const expected = (of: (i: number) => string | null, keep: (i: number) => boolean = () => true) =>
  Array.from({ length: many }, (_, i) => i)
    .filter(keep)
    .map((i) => JSON.stringify([at(i), of(i), department(i), '1']))
    .toSorted();
const told = (rows: readonly unknown[][]) => rows.map((row) => JSON.stringify(row)).toSorted();
/** A session of somebody with these rights: a change of what is masked would end it. */
async function as<T>(rights: Partial<Rights>, work: (client: pg.Client) => Promise<T>, tenant = acme): Promise<T> {
  open.world.rights = rights;
  open.world.aheadMs = 0;
  const client = await open.connect(tenant, { lifetime: '1h' });
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
const lines = () => open.served.audit.filter(({ action }) => action === 'query');
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !holds(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 25));
  assert.ok(holds());
}

test('whoever sees values gets the values of all rows; a masked column is its token in every row, and no value is among them', async () => {
  assert.deepEqual(told(await as({}, (client) => rowsOf(client, text))), expected(login));
  const wanted = expected((i) => token(login(i)));
  await as(masked, async (client) => {
    for (const values of [undefined, []]) assert.deepEqual(told(await rowsOf(client, text, values)), wanted);
    assert.equal(lines().at(-1)?.rows, many);
    assert.equal(await codeOf(client.query(text.replace(' group', " where actor_login = 'x' group"))), '42501');
  });
  assert.ok(!wanted.some((line) => line.includes('@')));
  // The same person is somebody else at the neighbour's.
  const theirs = new Set((await as(masked, (client) => rowsOf(client, text), globex)).map((row) => row[1]));
  const ours = new Set(Array.from({ length: many }, (_, i) => token(login(i))));
  assert.equal(theirs.size, people + 1);
  assert.deepEqual(
    [...theirs].filter((one) => one !== null && ours.has(String(one))),
    [],
  );
});

test('rows that the rights do not give are in no part, and the trail counts those that were given', async () => {
  for (const [countries, keep] of [
    [['DE', 'IN'], (i: number) => i % 3 !== 0],
    [['US'], (i: number) => i % 3 === 0],
  ] as const) {
    const filter = { member: 'fact_auth_attempt.country', values: countries, rule: 'r' };
    const rows = await as({ ...masked, rows: { auth_attempts: [filter] } }, (client) => rowsOf(client, text));
    assert.deepEqual(
      told(rows),
      expected((i) => token(login(i)), keep),
    );
    const line = lines().at(-1);
    assert.deepEqual([line?.rows, line?.decision], [rows.length, 'allowed']);
  }
});

test('a sign-in that ends between two pieces of an answer gives no row more, and so does a right that is taken away', async () => {
  const ends: readonly (readonly [() => void, string])[] = [
    [() => Object.assign(open.world, { aheadMs: 7_200_000 }), '28P01'],
    [() => Object.assign(open.world, { rights: { ...masked, actions: new Set(['query']) } }), '42501'],
  ];
  for (const [end, code] of ends)
    await as(masked, async (client) => {
      await client.query('begin');
      const cursor = client.query(new Cursor(text, []));
      const first = await cursor.read(20_000);
      assert.equal(first.length, 20_000);
      assert.ok(first.every(({ actor_login: name }) => name === null || /^person_[0-9a-f]{16}$/.test(String(name))));
      end();
      assert.equal(await codeOf(cursor.read(30_000)), code);
    });
});

test('one that is cancelled in its middle stops the engine, is a line of the trail, and leaves the session and its place free', () =>
  as(masked, async (client) => {
    for (let again = 0; again < 3; again += 1) {
      const before = lines().length;
      assert.equal(await cancelledInTheMiddle(open, client, text), '57014');
      assert.deepEqual(await rowsOf(client, 'select 1::int'), [[1]]);
      await until(() => lines().length > before);
    }
    assert.equal((await rowsOf(client, text)).length, many);
  }));
