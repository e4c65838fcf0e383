// Each rule of the answer's JSON, and that CommonJS and worker threads can load the package.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { formatTime } from './cell.ts';
import {
  getFinalQueryResult,
  getFinalQueryResultMulti,
  NativeInstance,
  ResultArrayWrapper,
  ResultMultiWrapper,
  ResultWrapper,
  registerInterface,
} from './index.ts';
import type { NormalizedQuery, RootResult, TransformData } from './query-result.ts';

const annotation = {
  'orders.count': { type: 'number' },
  'orders.status': { type: 'string' },
  'orders.created_at': { type: 'time' },
  'orders.created_at.day': { type: 'time' },
  'orders.created_at.month': { type: 'time' },
};
const aliases = {
  orders__count: 'orders.count',
  orders__status: 'orders.status',
  orders__secret: 'orders.secret',
  orders__created_at: 'orders.created_at',
  orders__created_at_day: 'orders.created_at.day',
  orders__created_at_month: 'orders.created_at.month',
};
const transform = (query: NormalizedQuery, rest: Partial<TransformData> = {}): TransformData => ({
  aliasToMemberNameMap: aliases,
  annotation,
  query,
  queryType: 'regularQuery',
  resType: 'default',
  ...rest,
});
const rootOf = (query: NormalizedQuery): RootResult => ({ query, annotation: {}, slowQuery: false, total: null });

async function answer(
  rows: object[],
  query: NormalizedQuery,
  rest: Partial<TransformData> = {},
): Promise<Record<string, unknown>> {
  const wrapper = new ResultWrapper(rows as Record<string, unknown>[]);
  wrapper.setTransformData(transform(query, rest));
  wrapper.setRootResultObject(rootOf(query));
  return JSON.parse(String(await wrapper.getFinalResult()));
}
const data = async (rows: object[], query: NormalizedQuery = {}, rest: Partial<TransformData> = {}) =>
  (await answer(rows, query, rest)).data;

test('the keys of an answer come in Cube\u2019s order, empty ones are absent and unknown ones are dropped', async () => {
  const root = {
    total: 3,
    slowQuery: false,
    external: undefined,
    dbType: 'duckdb',
    dataSource: 'default',
    annotation: {},
    usedPreAggregations: undefined,
    lastRefreshTime: '2026-01-01T00:00:00.000Z',
    leak: 'no',
    query: {
      order: [],
      measures: ['orders.count'],
      joinHints: [['a']],
      maskedMembers: ['x'],
      cacheMode: 'stale-if-slow',
      timezone: 'UTC',
      rowLimit: 10,
    },
  };
  const wrapper = new ResultWrapper([{ orders__count: 1 }]);
  wrapper.setTransformData(transform(root.query));
  wrapper.setRootResultObject(root);
  assert.equal(
    String(await wrapper.getFinalResult()),
    '{"query":{"measures":["orders.count"],"timezone":"UTC","rowLimit":10,"order":[]},"lastRefreshTime":"2026-01-01T00:00:00.000Z","annotation":{},"dataSource":"default","dbType":"duckdb","slowQuery":false,"total":3,"data":[{"orders.count":"1"}]}',
  );
});

test('numbers become strings with all their digits, booleans and null stay', async () => {
  const rows = [1, 0.1, 12345678, '9007199254740993.10', 9007199254740993n, null, undefined, true, Number.NaN].map(
    (orders__count) => ({ orders__count }),
  );
  const values = ((await data(rows)) as Record<string, unknown>[]).map((row) => row['orders.count']);
  assert.deepEqual(values, ['1', '0.1', '12345678', '9007199254740993.10', '9007199254740993', null, null, true, null]);
});

test('objects and lists pass through', async () => {
  assert.deepEqual(await data([{ orders__status: { a: [1] } }]), [{ 'orders.status': { a: [1] } }]);
});

const times: readonly (readonly [string, string])[] = [
  ['2026-01-02 03:04:05', '2026-01-02T03:04:05.000'],
  ['2026-01-02T03:04:05.6', '2026-01-02T03:04:05.600'],
  ['2026-01-02T03:04:05.123456', '2026-01-02T03:04:05.123'],
  ['2026-01-02T03:04:05.123Z', '2026-01-02T03:04:05.123'],
  ['2026-01-02T03:04:05+00:00', '2026-01-02T03:04:05.000'],
  ['2026-01-02T03:04:05+05:30', '2026-01-02T03:04:05.000'],
  ['2026-01-02 03:04:05 UTC', '2026-01-02T03:04:05.000'],
  ['2026-02-30 03:04:05', '2026-02-30 03:04:05'],
  ['yesterday', 'yesterday'],
];
for (const [given, expected] of times) {
  test(`the time '${given}' is written as '${expected}'`, () => assert.equal(formatTime(given), expected));
}
test('a written time is written again as itself', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), (date) => {
      const once = formatTime(date.toISOString());
      assert.equal(once, date.toISOString().slice(0, -1));
      assert.equal(formatTime(once), once);
    }),
  );
});
test('text that looks like a time stays text where the member is no time', async () => {
  assert.deepEqual(await data([{ orders__status: '2026-01-02 03:04:05' }]), [
    { 'orders.status': '2026-01-02 03:04:05' },
  ]);
});
test('a Date of the driver is written without its zone', async () => {
  assert.deepEqual(await data([{ orders__created_at: new Date('2026-01-02T03:04:05Z') }]), [
    { 'orders.created_at': '2026-01-02T03:04:05.000' },
  ]);
});

const month = { orders__created_at_month: '2026-01-01T00:00:00.000', orders__count: 2 };
test('a time dimension with granularity also answers under its own name, after the columns of the database', async () => {
  const [row] = (await data([month])) as object[];
  assert.deepEqual(Object.entries(row ?? {}), [
    ['orders.created_at.month', '2026-01-01T00:00:00.000'],
    ['orders.count', '2'],
    ['orders.created_at', '2026-01-01T00:00:00.000'],
  ]);
});
test('of several granularities the finest answers under the plain name', async () => {
  const rows = [{ ...month, orders__created_at_day: '2026-01-09T00:00:00.000' }];
  assert.equal(((await data(rows)) as Record<string, string>[])[0]?.['orders.created_at'], '2026-01-09T00:00:00.000');
});
test('the plain name is not overwritten where it was asked for as a dimension', async () => {
  const rows = [{ orders__created_at: '2026-01-09T10:00:00.000', ...month }];
  const [row] = (await data(rows, { dimensions: ['orders.created_at'] })) as Record<string, string>[];
  assert.equal(row?.['orders.created_at'], '2026-01-09T10:00:00.000');
});

test('compact and columnar answers carry the same cells', async () => {
  const rows = [month, { ...month, orders__count: null }];
  const members = ['orders.created_at.month', 'orders.count', 'orders.created_at'];
  const [first] = ['2026-01-01T00:00:00.000'];
  assert.deepEqual(await data(rows, {}, { resType: 'compact' }), {
    members,
    dataset: [
      [first, '2', first],
      [first, null, first],
    ],
  });
  assert.deepEqual(await data(rows, {}, { resType: 'columnar' }), {
    members,
    columns: [
      [first, first],
      ['2', null],
      [first, first],
    ],
  });
});

test('a comparison of date ranges names the range in each row', async () => {
  const query = {
    timeDimensions: [
      { dimension: 'orders.created_at', dateRange: ['2026-01-01T00:00:00.000', '2026-01-31T23:59:59.999'] },
    ],
  };
  assert.deepEqual(await data([{ orders__count: 1 }], query, { queryType: 'compareDateRangeQuery' }), [
    { 'orders.count': '1', compareDateRange: '2026-01-01T00:00:00.000 - 2026-01-31T23:59:59.999' },
  ]);
});
test('a blended query shares the time column under one name', async () => {
  const query = { timeDimensions: [{ dimension: 'orders.created_at', granularity: 'month' }] };
  const [row] = (await data([{ orders__created_at_month: '2026-01-01 00:00:00' }], query, {
    queryType: 'blendingQuery',
  })) as Record<string, string>[];
  assert.equal(row?.['time.month'], '2026-01-01T00:00:00.000');
});

const hidden = /You requested hidden member: 'orders\.secret'/;
test('a hidden member is refused with rows and without', async () => {
  await assert.rejects(data([{ orders__secret: 1 }]), hidden);
  await assert.rejects(data([], { measures: ['orders.secret'] }), hidden);
  await assert.rejects(data([], { dimensions: ['orders.secret'] }), hidden);
  await assert.rejects(
    data([], { timeDimensions: [{ dimension: 'orders.created_at', granularity: 'year' }] }),
    /hidden member: 'orders.created_at.year'/,
  );
});
test('names of every object are no members', async () => {
  const rest = { aliasToMemberNameMap: { x: 'constructor' } };
  await assert.rejects(data([{ x: 1 }], {}, rest), /hidden member/);
  await assert.rejects(data([{ toString: 1 }]), /Member name not found for alias/);
});
test('a column that no member stands for is refused', async () => {
  await assert.rejects(data([{ other: 1 }]), /Member name not found for alias: 'other'/);
});
test('an empty answer of visible members is an empty list', async () => {
  assert.deepEqual(await data([], { measures: ['orders.count'] }), []);
});

test('several results come with the query by which they are pivoted', async () => {
  const query = {
    measures: ['orders.count'],
    dimensions: ['orders.status'],
    timeDimensions: [{ dimension: 'orders.created_at', granularity: 'day' }],
  };
  const other = { measures: ['orders.other'], dimensions: ['orders.status'] };
  const part = (q: NormalizedQuery) => {
    const wrapper = new ResultWrapper([{ orders__count: 1 }]);
    wrapper.setTransformData(transform(q));
    wrapper.setRootResultObject(rootOf(q));
    return wrapper;
  };
  const many = async (queryType: string, queries: NormalizedQuery[]) =>
    JSON.parse(
      String(await new ResultMultiWrapper(queries.map(part), { queryType, slowQuery: false }).getFinalResult()),
    );
  assert.deepEqual(Object.keys(await many('regularQuery', [query])), [
    'queryType',
    'results',
    'pivotQuery',
    'slowQuery',
  ]);
  assert.deepEqual((await many('blendingQuery', [query, other])).pivotQuery, {
    measures: ['orders.count', 'orders.other'],
    dimensions: ['orders.status'],
    timeDimensions: [{ dimension: 'time', granularity: 'day' }],
    queryType: 'blendingQuery',
  });
  assert.deepEqual((await many('compareDateRangeQuery', [query])).pivotQuery.dimensions, [
    'compareDateRange',
    'orders.status',
  ]);
});

test('the functions that take raw bytes give the same as the wrappers', async () => {
  const query = { measures: ['orders.count'] };
  const wrapper = new ResultWrapper([{ orders__count: 5n }]);
  wrapper.setTransformData(transform(query));
  wrapper.setRootResultObject(rootOf(query));
  const [raw] = wrapper.getRawData();
  assert.ok(raw);
  assert.deepEqual(await getFinalQueryResult(transform(query), raw, rootOf(query)), await wrapper.getFinalResult());
  const options = { queryType: 'regularQuery', slowQuery: true };
  assert.deepEqual(
    await getFinalQueryResultMulti([transform(query)], [raw], { ...options, results: [rootOf(query)] }),
    await new ResultMultiWrapper([wrapper], options).getFinalResult(),
  );
  assert.equal((await new ResultArrayWrapper([wrapper]).getFinalResult()).length, 3);
});

test('a wrapper behaves like its rows, and wrapping it again changes nothing', () => {
  const rows = [{ a: 1 }, { a: 2 }];
  const wrapper = new ResultWrapper(rows);
  const list = wrapper as unknown as { a: number }[];
  assert.equal(list.length, 2);
  assert.deepEqual(list[1], { a: 2 });
  assert.deepEqual([...list], rows);
  assert.deepEqual(
    list.map((row) => row.a),
    [1, 2],
  );
  assert.equal(JSON.stringify(wrapper), JSON.stringify(rows));
  assert.equal(new ResultWrapper(wrapper as never), wrapper);
});

test('CommonJS packages and their worker threads can load it', async () => {
  const required = createRequire(import.meta.url)('@cubejs-backend/native') as {
    NativeInstance: typeof NativeInstance;
  };
  assert.ok(new required.NativeInstance().newJinjaEngine());
  const code = `require('node:worker_threads').parentPort.postMessage(typeof require('@cubejs-backend/native').NativeInstance)`;
  const worker = new Worker(code, { eval: true });
  assert.equal(
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)),
    'function',
  );
});

test('what is not here says so by name', async () => {
  await assert.rejects(registerInterface(), /SQL API is not available/);
  assert.throws(() => new NativeInstance().newJinjaEngine().loadTemplate('a.yml'), /Jinja/);
});
