// The same questions over the real serving copy: Delta tables, a release, its DuckDB file, the lakehouse's driver and dialect.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { must, type Tenant } from '@tessera/base';
import {
  createEngine,
  createFolderStore,
  createServing,
  type Engine,
  openTenantLake,
  parseTableName,
  type Release,
  type ServingDoor,
} from '@tessera/lakehouse';
import { createCubeDriver, TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import { type ColumnMeta, type GoldTable, goldTables } from '@tessera/transforms/gold-meta';
import { goldRows } from './gold-rows.ts';
import { acme, globex, type Served, serveTenants, tupleOf } from './served-tenants.ts';

const columnsOf = (name: GoldTable): Record<string, string> =>
  Object.fromEntries(Object.entries<ColumnMeta>(goldTables[name].columns).map(([column, { type }]) => [column, type]));
const goldNames = Object.keys(goldTables) as GoldTable[];
const servedTables = Object.fromEntries(goldNames.map((name) => [name, { columns: columnsOf(name) }]));

let folder: string;
let engine: Engine;
let serving: ServingDoor;
let served: Served;
/** What the engine was asked, of all tenants. */
const asked: string[] = [];
/** How long all but the first wait for the schema of their roll-up, in ms: the first one's is made by then. */
let whoeverIsLate = 0;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tessera-cube-'));
  engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  serving = createServing({ folder: path.join(folder, 'serving'), tables: servedTables });
  const watched: ServingDoor = {
    ...serving,
    async run(tenant, sql, ...rest) {
      if (sql.startsWith('create schema') && asked.some((one) => one.startsWith('create schema')))
        await wait(whoeverIsLate);
      asked.push(sql);
      return serving.run(tenant, sql, ...rest);
    },
  };
  served = await serveTenants({
    driverFor: (tenant, release) => createCubeDriver(watched, tenant, release),
    dialect: TesseraDuckDbQuery,
  });
  for (const tenant of [acme, globex]) await publish(tenant, 1, goldRows);
});
after(async () => {
  await served.close();
  serving.close();
  engine.close();
  await rm(folder, { recursive: true });
});

type Rows = typeof goldRows;
async function publish(tenant: Tenant, number: number, rows: Rows): Promise<void> {
  const lake = openTenantLake(createFolderStore(path.join(folder, 'lake')), engine, tenant);
  const tables: Record<string, number> = {};
  for (const name of goldNames) {
    const declared = Object.entries<ColumnMeta>(goldTables[name].columns);
    const table = lake.table('gold', must(parseTableName(name)), { columns: columnsOf(name) });
    const tuples = (rows[name] ?? []).map((row) => tupleOf(tenant, name, row));
    if (tuples.length === 0) continue;
    const casts = declared.map(([column, { type }], at) => `CAST(col${at} AS ${type}) AS ${column}`);
    const sql = `SELECT ${casts.join(', ')} FROM (VALUES ${tuples.join(', ')}) AS t(${declared.map((_, at) => `col${at}`).join(', ')})`;
    tables[name] = (await engine.session((session) => table.overwrite(session, { sql }))).version;
  }
  const at = new Date('2026-03-01T00:00:00Z');
  const release: Release = { number, at, asOf: at, run: `r${number}`, tables, rows: {}, inputs: {}, sources: {} };
  await lake.releases.publish(release);
  await serving.build(lake, release);
}

async function answer(query: object, tenant = acme) {
  const { status, body } = await served.ask(tenant, '/cubejs-api/v1/load', { query });
  assert.equal(status, 200, JSON.stringify(body));
  return { rows: body.data, used: Object.keys((body.usedPreAggregations as object | undefined) ?? {}) };
}

test('the core metrics come out of the serving copy, from roll-ups where they add up', async () => {
  const core = [
    ['users.mfa_adoption_pct', String(100 / 3), true],
    ['auth_attempts.login_failure_rate_pct', '40', true],
    ['issues.mttr_hours', '4', true],
    ['issues.ttr_median_hours', '3', false],
    ['issues.ttr_km_median_hours', '3', false],
    ['backlog.open_start', '14', false],
    ['backlog.burn_pct', String((100 * 5) / 14), false],
    ['devices.device_count', '0', true],
  ] as const;
  for (const [measure, expected, isRolled] of core) {
    const { rows, used } = await answer({ measures: [measure] });
    assert.deepEqual(rows, [{ [measure]: expected }]);
    assert.equal(used.length > 0, isRolled, measure);
  }
});

test('questions that want the same new roll-up have it made once, also where one of them is late', async () => {
  asked.length = 0;
  whoeverIsLate = 500;
  const question = { measures: ['devices.device_count'], dimensions: ['devices.platform'] };
  const answers = await Promise.all([1, 2, 3].map((limit) => answer({ ...question, limit }, globex)));
  whoeverIsLate = 0;
  for (const { used } of answers) assert.equal(used.length, 1);
  assert.equal(asked.filter((sql) => sql.startsWith('create table')).length, 1);
});

test('days and instants come as Cube writes them', async () => {
  const { rows } = await answer({
    dimensions: ['issues.created_at'],
    timeDimensions: [{ dimension: 'issues.created_on', granularity: 'week', dateRange: ['2026-01-01', '2026-01-31'] }],
  });
  assert.equal(rows[0]?.['issues.created_at'], '2026-01-01T09:00:00.000');
  assert.equal(rows[0]?.['issues.created_on.week'], '2025-12-29T00:00:00.000');
});

test('an instant may be asked for in another zone', async () => {
  const timeDimensions = [{ dimension: 'issues.created_at', granularity: 'hour' }];
  const { rows } = await answer({ measures: ['issues.issue_count'], timeDimensions, timezone: 'Asia/Kolkata' });
  assert.equal(rows[0]?.['issues.created_at.hour'], '2026-01-01T14:00:00.000');
});

test('warm-up works, and a new release is seen at once', async () => {
  await served.warm(globex);
  assert.equal((await answer({ measures: ['users.user_count'] }, globex)).rows[0]?.['users.user_count'], '4');
  await publish(globex, 2, { ...goldRows, dim_user: goldRows.dim_user?.slice(0, 2) ?? [] });
  served.publish(globex);
  await served.warm(globex);
  const { rows, used } = await answer({ measures: ['users.user_count'] }, globex);
  assert.equal(rows[0]?.['users.user_count'], '2');
  assert.match(used[0] ?? '', /_r2\./);
  assert.equal((await answer({ measures: ['users.user_count'] }, acme)).rows[0]?.['users.user_count'], '4');
});
