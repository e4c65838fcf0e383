// The thread that writes SQL: the very SQL that this one would write, turns between tenants, and nobody waits for a thread that is not there.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { must, parseTenant } from '@tessera/base';
import { TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import { renderModel, subjects } from '@tessera/model';
import { metrics } from '../../frontend/src/metrics/metrics.ts';
import { baselineQuery, totalsQuery, trendQuery } from '../../frontend/src/metrics/queries.ts';
import { prepareEnvironment } from '../../platform/cube/environment.ts';
import { createSqlWriter } from '../../platform/cube/sql-writer/sql-writer.ts';

prepareEnvironment(process.env);
const { TenantCompilerApi } = await import('../../platform/cube/compiler.ts');
const { withCountOfNothing } = await import('../../platform/cube/count-of-nothing.ts');

const model = renderModel(subjects);
const options = { localRefreshKey: true, allowNodeRequire: true };
const dialect = { module: import.meta.resolve('@tessera/lakehouse/cube-dialect'), name: 'TesseraDuckDbQuery' };
const data = { files: model.files, dialect, options };
const counting = withCountOfNothing(TesseraDuckDbQuery);
const compilerWith = (writer?: ReturnType<typeof createSqlWriter>) =>
  new TenantCompilerApi(
    writer,
    { localPath: () => '', dataSchemaFiles: async () => [...model.files] } as never,
    (async () => 'duckdb') as never,
    { ...options, dialectClass: () => counting, compileContext: {}, sqlCache: true } as never,
  );

const writer = createSqlWriter({ data });
after(() => writer.close());
const here = compilerWith();
const apart = compilerWith(writer);

const [acme, globex] = [must(parseTenant('acme-corp')), must(parseTenant('globex-inc'))];
const scopes = ['2026-10-01', '2026-09-15'].map((from) => ({
  range: { from, to: '2026-11-20' },
  isLatest: false,
  narrowings: [],
}));
/** As Cube's gateway hands them on: ranges as instants. */
const queries = scopes.flatMap((scope) =>
  metrics.flatMap((metric) =>
    [
      totalsQuery({ ...metric, kind: 'state' }, scope),
      baselineQuery(metric, scope),
      trendQuery(metric, scope, 'week'),
    ].map((query) => ({
      ...query,
      timeDimensions: (query.timeDimensions ?? []).map((time) => ({
        ...time,
        dateRange: [`${String(time.dateRange?.[0])}T00:00:00.000`, `${String(time.dateRange?.[1])}T23:59:59.999`],
      })),
      order: [],
      filters: [],
    })),
  ),
);
const asked = (query: object, tenant = acme, release = 1) =>
  ({ ...query, contextSymbols: { securityContext: { tenant, release } }, requestId: crypto.randomUUID() }) as never;

test('every question of the page has the same SQL from the thread as from here, for each tenant', async () => {
  assert.equal(await writer.ready(), true);
  for (const query of queries) {
    for (const tenant of [acme, globex]) {
      const written = await writer.write(tenant, asked(query, tenant), {});
      assert.ok(written, 'it was not written in the thread');
      const expected = await here.getSql(asked(query, tenant));
      assert.deepEqual(written, structuredClone(expected));
      assert.deepEqual(await apart.getSql(asked(query, tenant)), structuredClone(expected));
    }
  }
});

test('what was written once is not written again; another tenant, release or filter is another question', async () => {
  const [query = {}] = queries;
  const first = await apart.getSql(asked(query));
  assert.equal(await apart.getSql(asked(query)), first);
  for (const other of [asked(query, globex), asked(query, acme, 2)])
    assert.notDeepEqual((await apart.getSql(other)).preAggregations, first.preAggregations);
  const narrowed = { ...query, filters: [{ member: 'user_states.department', operator: 'equals', values: ['x'] }] };
  assert.notEqual(await apart.getSql(asked(narrowed)), first);
});

test('a question that cannot be written is refused in the words of Cube, as without the thread', async () => {
  const wrong = asked({ measures: ['users.nothing'], timeDimensions: [], order: [], filters: [] });
  const error = (await here.getSql(wrong).catch((caught: unknown) => caught)) as Error;
  await assert.rejects(apart.getSql(wrong), { message: error.message, name: error.name });
});

test('tenants take turns, however many questions of one wait', async () => {
  const order: string[] = [];
  const ask = (tenant: string, at: number) =>
    writer.write(tenant, asked(queries[at % queries.length] ?? {}, acme), {}).then(() => void order.push(tenant));
  const all = Array.from({ length: 8 }, (_, at) => ask('acme-corp', at));
  all.push(ask('globex-inc', 0), ask('globex-inc', 1));
  await Promise.all(all);
  assert.deepEqual(order.slice(0, 4), ['acme-corp', 'acme-corp', 'globex-inc', 'acme-corp']);
  assert.equal(order.indexOf('globex-inc') < 4 && order.lastIndexOf('globex-inc') < 6, true);
});

test('without a thread, or with one that is broken or ends, the question is written here', async () => {
  const [query = {}] = queries;
  const notYet = createSqlWriter({ data, worthMs: 1e9 });
  assert.equal(await notYet.write(acme, asked(query), {}), undefined);
  const broken = createSqlWriter({ data: { ...data, dialect: { ...dialect, module: 'file:///nowhere.ts' } } });
  assert.equal(await broken.ready(), false);
  assert.equal(await broken.write(acme, asked(query), {}), undefined);

  const waiting = queries.slice(0, 3).map((one) => writer.write(acme, asked(one, globex, 3), {}));
  await writer.close();
  assert.deepEqual((await Promise.all(waiting)).at(-1), undefined);
  assert.deepEqual(await apart.getSql(asked(query, acme, 3)), await here.getSql(asked(query, acme, 3)));
});

test('a thread is started when much was written without it', async () => {
  const own = createSqlWriter({
    data: { ...data, dialect: { ...dialect, module: 'file:///nowhere.ts' } },
    worthMs: 100,
  });
  own.wroteAlone(60);
  assert.equal(own.isStarted(), false);
  own.wroteAlone(60);
  assert.equal(own.isStarted(), true);
  await own.close();
});
