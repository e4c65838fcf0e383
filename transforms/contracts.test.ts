// The contracts of our own models: no model differs from what was accepted, and what breaks is neither accepted nor built without being asked for.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import {
  createEngine,
  createFolderStore,
  type Engine,
  openTenantLake,
  parseTableName,
  type TenantLake,
} from '@tessera/lakehouse';
import { orderModels } from './compile/graph.ts';
import { type Model, readModel } from './compile/model.ts';
import { type AcceptedContracts, acceptModels, planModels, readAccepted, writeAccepted } from './contracts.ts';
import { loadProject } from './load-project.ts';
import { runTransforms } from './run-transforms.ts';
import { type ColumnMeta, keyColumns } from './table-meta.ts';

let home: string;
let engine: Engine;
before(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tessera-contracts-'));
  engine = await createEngine({ scratch: path.join(home, 'scratch') });
});
after(async () => {
  engine.close();
  await rm(home, { recursive: true, force: true });
});

const nothing: AcceptedContracts = { silver: { models: {}, retired: {} }, gold: { models: {}, retired: {} } };
const text = { type: 'VARCHAR', about: 'Some text.' } as const;
const whole = { type: 'BIGINT', about: 'Some number.' } as const;

interface Shape {
  readonly columns: Readonly<Record<string, ColumnMeta>>;
  readonly select: string;
  readonly key?: string;
  readonly partitionBy?: string;
  readonly grain?: string;
  readonly version?: number;
}
const keys =
  "'acme' as tenant_id, 'hq' as org_id, 'x' as source_system, timestamptz '2026-01-01 00:00:00Z' as ingest_at";
const model = ({ columns, select, key = 'id', partitionBy, grain = 'A thing.', version }: Shape): Model =>
  readModel({
    name: 'things',
    layer: 'gold',
    file: 'things.sql',
    sql: `select ${select}, ${keys}`,
    version,
    meta: {
      ...{ name: 'things', grain, about: '', key: [key], columns: { ...columns, ...keyColumns } },
      ...(partitionBy === undefined ? {} : { partitionBy }),
    },
  });
const first: Shape = { columns: { id: text, n: whole }, select: "'a' as id, 1::bigint as n" };

test('every model is as its contract was accepted: `tessera model plan` says what differs, `tessera model accept` takes it', async () => {
  const { models } = await loadProject();
  const accepted = await readAccepted();
  assert.deepEqual(planModels(models, accepted), []);
  assert.deepEqual(acceptModels(models, accepted), accepted, 'accepting again changes nothing');
  assert.equal(Object.keys(accepted.gold.models).length + Object.keys(accepted.silver.models).length, models.length);
});

test('each change is told as additive or breaking', () => {
  const accepted = acceptModels([model(first)], nothing);
  const cases: readonly (readonly [string, Partial<Shape>, readonly (readonly [string, boolean])[]])[] = [
    ['nothing', {}, []],
    ['a column more', { columns: { ...first.columns, more: text } }, [['column more (VARCHAR) is new', false]]],
    ['a column less', { columns: { id: text } }, [['column n is gone', true]]],
    ['another type', { columns: { id: text, n: text } }, [['column n was BIGINT and is VARCHAR', true]]],
    [
      'may be null',
      { columns: { id: text, n: { ...whole, nullable: true } } },
      [['column n was always there and may now be missing', true]],
    ],
    ['another key', { key: 'n' }, [['the key was (id) and is (n)', true]]],
    ['another grain', { grain: 'A thing a day.' }, [['the grain is said in other words', true]]],
    ['another partition', { partitionBy: 'n' }, [['the partition was none and is n', true]]],
  ];
  for (const [name, change, expected] of cases) {
    const plan = planModels([model({ ...first, ...change })], accepted);
    assert.deepEqual(
      plan.map(({ what, breaking }) => [what, breaking]),
      expected,
      name,
    );
    assert.ok(plan.every(({ reaches }) => reaches.join() === 'things'));
  }
  assert.deepEqual(
    planModels([], accepted).map(({ what, breaking }) => [what, breaking]),
    [['the model is gone', true]],
  );
});

test('a model says which gold tables are made from it', async () => {
  const { models } = await loadProject();
  const { silver, gold } = acceptModels(models, nothing);
  const { persons: _, ...others } = silver.models;
  const [change] = planModels(models, { gold, silver: { models: others, retired: {} } });
  assert.equal(change?.model, 'persons');
  for (const table of ['dim_user', 'fact_user_state']) assert.ok(change.reaches.includes(table), table);
  assert.ok(!change.reaches.includes('dim_tenant') && !change.reaches.includes('dim_project'), 'not those of others');
});

test('what breaks wants a note, gets the next version and keeps the notes of before; a name that comes back goes on', async () => {
  const one = acceptModels([model(first)], nothing);
  const broken = model({ ...first, columns: { id: text } });
  assert.throws(() => acceptModels([broken], one, '  '), { code: 'MODEL_NOTE_MISSING' });
  const two = acceptModels([broken], one, 'n was never right; read id');
  assert.equal(two.gold.models.things?.version, 2);
  assert.deepEqual(two.gold.models.things?.notes, [
    { version: 2, note: 'n was never right; read id', changes: ['column n is gone'] },
  ]);
  const more = acceptModels([model({ columns: { id: text, m: text }, select: '' })], two);
  assert.equal(more.gold.models.things?.version, 2, 'what is additive needs no version');
  const none = acceptModels([], more, 'not needed');
  assert.equal(none.gold.retired.things?.version, 3);
  const back = acceptModels([model(first)], none);
  assert.equal(back.gold.models.things?.version, 4);
  assert.equal(back.gold.models.things?.notes?.length, 2);
  const folder = path.join(home, 'contracts');
  await writeAccepted(none, folder);
  assert.deepEqual(await readAccepted(folder), none, 'they are read as they were written');
});

const tenant = must(parseTenant('acme-corp'));
const vars = {
  ...{ tenant, org_id: 'acme-hq', time_zone: 'UTC', display_name: 'Acme', status: 'active' as const },
  as_of: new Date('2026-01-10T00:00:00Z'),
};
let lakes = 0;
const openLake = async () =>
  openTenantLake(await createFolderStore(path.join(home, `lake-${++lakes}`)), engine, tenant);
const build = (lake: TenantLake, one: Model) =>
  engine.session((session) =>
    runTransforms({ lake, session, models: orderModels([one], []), vars, run: 'run', observe: () => {} }),
  );
const tableIn = (lake: TenantLake) => lake.table('gold', must(parseTableName('things')), { columns: {} });
const rowsIn = async (lake: TenantLake, version?: number) =>
  engine.query(
    `select * exclude (tenant_id, org_id, source_system, ingest_at) from (${(await tableIn(lake).scan(version)).sql})`,
  );

test('a model that breaks what a table was built under is refused before anything is written', async () => {
  const lake = await openLake();
  await build(lake, model(first));
  const version = await tableIn(lake).version();
  const breaks: readonly (readonly [string, Partial<Shape>])[] = [
    ['column n is gone', { columns: { id: text }, select: "'a' as id" }],
    ['column n was BIGINT and is VARCHAR', { columns: { id: text, n: text }, select: "'a' as id, 'b' as n" }],
    ['the key was \\(id\\) and is \\(n\\)', { key: 'n' }],
  ];
  for (const [what, change] of breaks)
    await assert.rejects(build(lake, model({ ...first, ...change })), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'MODEL_CONTRACT_BREAKS');
      assert.match(error.message, new RegExp(`things was built under version 1 .*${what}\\. Nothing was merged`));
      return true;
    });
  assert.equal(await tableIn(lake).version(), version);
  assert.deepEqual(await rowsIn(lake), [{ id: 'a', n: 1 }]);
});

test('what is additive is built without asking', async () => {
  const lake = await openLake();
  await build(lake, model(first));
  await build(lake, model({ columns: { ...first.columns, m: text }, select: "'a' as id, 1::bigint as n, 'x' as m" }));
  assert.deepEqual(await rowsIn(lake), [{ id: 'a', n: 1, m: 'x' }]);
  // A program from before the new column would take it away again.
  await assert.rejects(build(lake, model(first)), { code: 'MODEL_CONTRACT_BREAKS' });
});

test('an accepted next version is built whole with its own columns and partitions; the version of before can still be read, and an older program is refused', async () => {
  const lake = await openLake();
  await build(lake, model(first));
  const old = await tableIn(lake).version();
  const next: Shape = {
    columns: { n: text, day: { type: 'DATE', about: 'A day.' } },
    select: "'one' as n, date '2026-01-02' as day",
    key: 'n',
    partitionBy: 'day',
    version: 2,
  };
  const { changed } = await build(lake, model(next));
  assert.equal(changed, true);
  assert.deepEqual(await rowsIn(lake), [{ n: 'one', day: '2026-01-02' }]);
  assert.deepEqual(await rowsIn(lake, old), [{ id: 'a', n: 1 }]);
  const at = await tableIn(lake).version();
  assert.equal((await build(lake, model(next))).changed, false, 'once is enough');
  assert.equal(await tableIn(lake).version(), at);
  await assert.rejects(build(lake, model(first)), { code: 'MODEL_CONTRACT_NEWER' });
  assert.equal(await tableIn(lake).version(), at);
});

test('a next version that promises less of the same rows is noted with the table, too', async () => {
  const lake = await openLake();
  await build(lake, model(first));
  await build(lake, model({ ...first, columns: { id: text, n: { ...whole, nullable: true } }, version: 2 }));
  await assert.rejects(build(lake, model(first)), { code: 'MODEL_CONTRACT_NEWER' });
});
