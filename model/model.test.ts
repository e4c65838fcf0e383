// The model compiles in Cube as it is defined; misspelt names are compile errors.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { prepareCompiler } from '@cubejs-backend/schema-compiler';
import { metricsOn, renderModel, type Subject, subjectOn, subjects } from './index.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';
import { renderSubject } from './render.ts';
import { renderMetric } from './render-metric.ts';

const model = renderModel(subjects);

test('Cube compiles exactly as many cubes and views as are defined, and only views are public', async () => {
  const repository = { localPath: () => '', dataSchemaFiles: async () => [...model.files] };
  const { compiler, metaTransformer } = prepareCompiler(repository);
  await compiler.compile();
  const compiled = (metaTransformer as unknown as { cubes: { config: CubeConfig }[] }).cubes.map(
    ({ config }) => config,
  );
  assert.equal(compiled.length, model.cubes + model.views);
  const open = compiled.filter((cube) => cube.public);
  assert.deepEqual(open.map((cube) => cube.name).sort(), subjects.map((subject) => subject.view).sort());
  const names = (kind: 'measures' | 'dimensions') =>
    new Set(open.flatMap((cube) => cube[kind].map((member) => member.name)));
  assert.deepEqual(names('measures'), model.members.measures);
  assert.deepEqual(names('dimensions'), new Set(model.members.dimensions.keys()));
});
interface CubeConfig {
  readonly name: string;
  readonly public: boolean;
  readonly measures: readonly { readonly name: string }[];
  readonly dimensions: readonly { readonly name: string }[];
}

test('the members that the page, the truth and the documents use are there', () => {
  const core = [
    'users.mfa_adoption_pct',
    'user_states.mfa_adoption_pct',
    'devices.endpoint_compliance_pct',
    'device_states.endpoint_compliance_pct',
    'auth_attempts.login_failure_rate_pct',
    'auth_attempts.login_failure_rate_simple_pct',
    'issues.mttr_hours',
    'issues.ttr_km_median_hours',
    'backlog.burn_pct',
    'projects.project_count',
  ];
  for (const name of core) assert.ok(model.members.measures.has(name), name);
  assert.ok(!model.members.measures.has('issues.resolve_ms'), 'steps on the way are hidden');
});

test('the tenant is in no subject: the predicate is added from outside', () => {
  const files = globSync('*/*.ts', { cwd: import.meta.dirname });
  assert.ok(files.length >= 20);
  for (const file of files) {
    const code = readFileSync(path.join(import.meta.dirname, file), 'utf8')
      .replaceAll(/about:[^\n]*\n?[^\n]*/g, '')
      .replaceAll(/\/\/.*/g, '');
    assert.doesNotMatch(code, /tenant_id/, file);
  }
});

test('every view has the members that hold the tenant, and every roll-up has the tenant among its dimensions', () => {
  for (const { view, table } of subjects) assert.deepEqual(model.tenantMembers[view], [`${table}.tenant_id`]);
  for (const { cubes } of subjects.map(renderSubject)) {
    const rollups = cubes.flatMap((cube) => cube.pre_aggregations);
    assert.ok(rollups.every((rollup) => rollup.dimensions.includes('CUBE.tenant_id')));
  }
});

test('the same subjects give the same hash, another sentence another one', () => {
  assert.equal(renderModel(subjects).hash, model.hash);
  const [first, ...rest] = subjects as [Subject, ...Subject[]];
  assert.notEqual(renderModel([{ ...first, about: 'Something else.' }, ...rest]).hash, model.hash);
});

test('a share is nothing where its denominator is 0, and rounds once', () => {
  const share = renderMetric('x', { title: 'X', about: 'X.', percent: ['a', 'b'] });
  assert.equal(share.sql, '100 * CAST({a} AS DOUBLE) / NULLIF({b}, 0)');
});

test('a value with a quote stays a value', () => {
  const metric = renderMetric('x', { title: 'X', about: 'X.', count: true, where: { resolution: ["Won't do"] } });
  assert.deepEqual(metric.filters, [{ sql: "{CUBE}.resolution IN ('Won''t do')" }]);
});

const evaluated = ['{TENANT.x}', 'a `b`', 'a \\\\ b', '$x'];
for (const sql of evaluated) {
  test(`SQL with ${sql} is refused: Cube would evaluate it`, () => {
    const [first] = subjects as [Subject, ...Subject[]];
    const metrics = { ...first.metrics, x: { title: 'X', about: 'X.', sql: () => sql } };
    assert.throws(() => renderModel([{ ...first, metrics }]), { code: 'MODEL_REFUSED' });
  });
}

test('a sentence with braces, quotes and backticks stays a sentence', async () => {
  const [first] = subjects as [Subject, ...Subject[]];
  const about = 'It\'s "{CUBE}" and `$` + `{x}` and {{ x }}.';
  const { files } = renderModel([{ ...first, about }]);
  const { compiler, metaTransformer } = prepareCompiler({
    localPath: () => '',
    dataSchemaFiles: async () => [...files],
  });
  await compiler.compile();
  const [cube] = (metaTransformer as unknown as { cubes: { config: { description: string } }[] }).cubes;
  assert.equal(cube?.config.description, about);
});

test('what the legacy planner computes wrongly is refused', () => {
  const wrong = { cubes: [{ measures: [{ name: 'x', type: 'number_agg' }] }] };
  assert.throws(() => refuseUnsupported(wrong, 'users'), { code: 'MODEL_REFUSED' });
  assert.throws(() => refuseUnsupported({ views: [{ default_filters: [] }] }, 'users'), { code: 'MODEL_REFUSED' });
});

test('a misspelt column, metric or dimension is a compile error', () => {
  const described = { title: 'X', about: 'X.' };
  metricsOn('dim_user', {
    // @ts-expect-error a column that is not there
    a: { ...described, count: true, where: { is_mfa_enroled: true } },
    // @ts-expect-error a sum over text
    b: { ...described, sum: 'email' },
    // @ts-expect-error a metric that is not there
    c: { ...described, percent: ['a', 'bb'] },
    // @ts-expect-error text for a boolean column
    d: { ...described, count: true, where: { is_admin: 'yes' } },
  });
  const common = { view: 'x', title: 'X', about: 'X.', metrics: {}, metricClass: 'internal' } as const;
  // @ts-expect-error a dimension that is no column
  subjectOn({ ...common, table: 'dim_user', dimensions: ['e_mail'], rollups: {} });
  // @ts-expect-error a roll-up by a column that is no dimension
  subjectOn({ ...common, table: 'dim_user', dimensions: ['email'], rollups: { r: { by: ['department'] } } });
});

test('every public member has a class; columns that tell a person are pii, and a column without a class is refused', () => {
  const { catalogue, members } = renderModel(subjects);
  const named = Object.entries(catalogue).flatMap(([view, { members: own }]) =>
    Object.keys(own).map((name) => `${view}.${name}`),
  );
  assert.deepEqual(new Set(named), new Set([...members.measures, ...members.dimensions.keys()]));
  const personal = Object.entries(catalogue).flatMap(([view, { members: own }]) =>
    Object.entries(own).flatMap(([name, { classification }]) => (classification === 'pii' ? [`${view}.${name}`] : [])),
  );
  assert.deepEqual(personal.sort(), [
    'auth_attempts.actor_login',
    'auth_attempts.client_ip',
    'auth_events.actor_login',
    'devices.device_name',
    'devices.serial_number',
    'users.display_name',
    'users.email',
  ]);
  const [first, ...rest] = subjects as [Subject, ...Subject[]];
  const unclassified = { ...first, dimensions: [...first.dimensions, 'last_login_at'] };
  assert.throws(() => renderModel([unclassified, ...rest]), { code: 'MODEL_REFUSED', message: /no classification/ });
  const metricless = { ...first, metricClass: undefined } as unknown as Subject;
  assert.throws(() => renderModel([metricless, ...rest]), { code: 'MODEL_REFUSED', message: /metricClass/ });
});

test('rows can be told apart by hidden members only, and by no personal one', () => {
  const { catalogue } = renderModel(subjects);
  for (const { view, table } of subjects) assert.equal(catalogue[view]?.rowKeys.org_id, `${table}.org_id`);
  assert.equal(catalogue.users?.rowKeys.department, 'dim_user.department');
  assert.equal(catalogue.users?.rowKeys.email, undefined);
  const document = subjects.map(renderSubject);
  const cubes = document.flatMap((one) => one.cubes as { name: string; dimensions: { name: string }[] }[]);
  const present = new Set(cubes.flatMap((cube) => cube.dimensions.map((one) => `${cube.name}.${one.name}`)));
  for (const { rowKeys } of Object.values(catalogue))
    for (const key of Object.values(rowKeys)) assert.ok(present.has(key), key);
});
