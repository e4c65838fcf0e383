// What is peculiar to Elasticsearch: every trap of searching through a point in time that we know of.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixedClock } from '@tessera/base';
import { defineConnector } from '../define-connector.ts';
import { keptAnswer } from '../kept-answer.ts';
import { findRecordVersions } from '../record-versions.ts';
import { readPages, type StubAnswer, type StubCall, stubVendor } from '../stub-vendor.ts';
import { syncSource } from '../sync-source.ts';
import { testLake } from '../test-lake.ts';
import { authLogs } from './auth-logs.ts';
import { connectElasticsearch } from './client.ts';
import {
  authDocument,
  elasticsearchKey,
  type Hit,
  healthyElasticsearch,
  searchAnswer,
  sinceOf,
} from './healthy-elasticsearch.ts';
import { elasticsearch } from './index.ts';
import { lastSort } from './search-body.ts';

const isSearch = (call: StubCall) => call.path === '/_search';

async function cluster(
  t: TestContext,
  search: (call: StubCall, nth: number) => StubAnswer,
  more: { lagMs?: number; at?: string } = {},
) {
  let n = 0;
  let pits = 0;
  const vendor = await stubVendor(t, (call) => {
    if (isSearch(call)) return search(call, ++n);
    return call.url.pathname.endsWith('/_pit') ? { body: { id: `opened-${++pits}` } } : healthyElasticsearch(call);
  });
  const settings = elasticsearch.settings.parse({
    url: vendor.url,
    apiKey: elasticsearchKey,
    lagMs: more.lagMs ?? 60_000,
  });
  const now = fixedClock(more.at ?? '2026-01-01T00:00:00Z');
  const client = await connectElasticsearch({ settings, web: vendor.web, now, sleep: async () => {} });
  const searches = () => vendor.calls.filter(isSearch).map((call) => call.body);
  return { client, calls: vendor.calls, searches, now, url: vendor.url };
}
const many = (n: number, from = 0): readonly Hit[] => Array.from({ length: n }, (_, i) => authDocument(`d${from + i}`));

test('a search goes by point in time, without an index in its path, and closes it at the end', async (t) => {
  const { client, calls, searches } = await cluster(t, () => ({ body: searchAnswer(many(1), {}, 'newest') }));
  await readPages(authLogs, client);
  assert.equal(calls.find((call) => call.path.includes('_pit?'))?.path, '/logs-*/_pit?keep_alive=5m');
  const body = JSON.parse(searches()[0] ?? '');
  assert.deepEqual(body.pit, { id: 'opened-1', keep_alive: '5m' });
  assert.equal(body.track_total_hits, false);
  const closed = calls.at(-1);
  assert.deepEqual([closed?.method, closed?.path, closed?.body], ['DELETE', '/_pit', '{"id":"newest"}']);
});

test('indices may mix date and date_nanos: sort values come in one format and type, so that no hit is lost between pages', async (t) => {
  const { client, searches } = await cluster(t, () => ({ body: searchAnswer(many(1)) }));
  await readPages(authLogs, client);
  assert.deepEqual(JSON.parse(searches()[0] ?? '').sort, [
    { '@timestamp': { order: 'asc', format: 'strict_date_optional_time_nanos', numeric_type: 'date_nanos' } },
  ]);
});

test('_id is unique in its backing index only: the key of a document is both', () => {
  assert.deepEqual(authLogs.primaryKey.toSorted(), ['id', 'index']);
});

test('the newest pit_id is used next, and search_after goes back byte for byte, longs beyond 2^53 too', async (t) => {
  const { client, searches } = await cluster(t, (_, n) => ({
    body: n === 1 ? searchAnswer(many(authLogs.pageSize), {}, 'renewed') : searchAnswer(many(1, 5000)),
  }));
  await readPages(authLogs, client);
  assert.match(searches()[1] ?? '', /"pit":\{"id":"renewed"/);
  assert.match(searches()[1] ?? '', /"search_after":\["2025-12-31T10:00:00\.000Z",9223372036854775804999\]\}$/);
});

test("the sort values are the last hit's, whatever fields of that name the documents have", () => {
  const hit = authDocument('a', { sort: ['mine'], message: '"sort":["text"]' });
  assert.equal(lastSort(searchAnswer([hit])), '["2025-12-31T10:00:00.000Z",9223372036854775800]');
  assert.equal(lastSort(searchAnswer([])), undefined);
});

for (const [what, sick] of [
  ['failed shards', { _shards: { total: 5, successful: 3, skipped: 0, failed: 2 } }],
  ['timed_out', { timed_out: true }],
] as const) {
  test(`${what} with HTTP 200 is an incomplete page: kept, not staged, asked again`, async (t) => {
    const { client } = await cluster(t, () => ({ body: searchAnswer(many(1), sick) }));
    await assert.rejects(readPages(authLogs, client), (fault: never) => {
      const { code, retry } = fault as { code: string; retry: boolean };
      assert.deepEqual([code, retry], ['VENDOR_UNAVAILABLE', true]);
      assert.ok((keptAnswer(fault)?.body.byteLength ?? 0) > 0);
      return true;
    });
  });
}

test('an expired point in time is reopened, and reading goes on at the last instant without _shard_doc', async (t) => {
  const { client, searches } = await cluster(t, (_, n) => {
    if (n === 1) return { body: searchAnswer(many(authLogs.pageSize)) };
    if (n === 2) return { status: 404, body: { error: { type: 'search_context_missing_exception' } } };
    return { body: searchAnswer(many(2, 4999)) };
  });
  const pages = await readPages(authLogs, client);
  assert.deepEqual(
    pages.map((page) => page.records),
    [5000, 2],
  );
  const again = JSON.parse(searches()[2] ?? '');
  assert.equal(again.pit.id, 'opened-2');
  assert.equal(again.search_after, undefined);
  assert.deepEqual(again.query.bool.filter.at(-1), { range: { '@timestamp': { gte: '2025-12-31T10:00:00.000Z' } } });
});

test('points in time that never last are given up', async (t) => {
  const { client } = await cluster(t, () => ({ status: 404, body: {} }));
  await assert.rejects(readPages(authLogs, client), { code: 'VENDOR_UNAVAILABLE' });
});

test('the upper bound is closed and lies the lag below now; the next window begins exactly there', async (t) => {
  const { client, searches, now } = await cluster(t, () => ({ body: searchAnswer(many(1)) }));
  const [page] = await readPages(authLogs, client, { now });
  assert.deepEqual(page?.cursor, { since: '2025-12-31T23:59:00.000Z' });
  now.set('2026-01-01T00:15:00Z');
  await readPages(authLogs, client, { cursor: page?.cursor, now });
  const [ingested] = JSON.parse(searches()[1] ?? '').query.bool.filter[1].bool.should;
  assert.deepEqual(ingested, {
    range: { 'event.ingested': { gt: '2025-12-31T23:59:00.000Z', lte: '2026-01-01T00:14:00.000Z' } },
  });
});

test('a document that arrives late, with an old @timestamp, is picked up by event.ingested (attack 139)', async (t) => {
  const lake = await testLake(t);
  const late = authDocument('late', {
    '@timestamp': '2025-06-01T00:00:00.000Z',
    event: { ingested: '2026-01-01T00:10:00.000Z', category: 'authentication' },
  });
  const vendor = await stubVendor(t, (call) => {
    const since = isSearch(call) ? sinceOf(call) : undefined;
    if (since === undefined) return healthyElasticsearch(call);
    return { body: searchAnswer(since < '2026-01-01T00:10:00.000Z' ? [late] : []) };
  });
  const streams = await defineConnector(elasticsearch).open(
    { url: vendor.url, apiKey: elasticsearchKey },
    { web: vendor.web, now: lake.now, sleep: async () => {} },
  );
  await syncSource(lake.needs('elasticsearch', 'run-1'), streams);
  lake.now.set('2026-01-01T00:15:00Z');
  await syncSource(lake.needs('elasticsearch', 'run-2'), streams);
  const rows = await lake.rows('elasticsearch', authLogs, 'select id, timestamp from bronze order by id');
  assert.deepEqual(
    rows.map((row) => row.id),
    ['a', 'b', 'late'],
  );
});

test('a document without event.ingested is looked for by @timestamp, an hour back', async (t) => {
  const { client, searches } = await cluster(t, () => ({ body: searchAnswer([]) }));
  await readPages(authLogs, client, { cursor: { since: '2025-12-31T12:00:00.000Z' } });
  const [, happened] = JSON.parse(searches()[0] ?? '').query.bool.filter[1].bool.should;
  assert.deepEqual(happened.bool, {
    must_not: [{ exists: { field: 'event.ingested' } }],
    filter: [{ range: { '@timestamp': { gt: '2025-12-31T11:00:00.000Z', lte: '2025-12-31T23:59:00.000Z' } } }],
  });
});

test('a run that stopped inside a window goes on in it, and then on to now', async (t) => {
  const { client, searches } = await cluster(t, (_, n) => ({
    body: n === 1 ? searchAnswer(many(authLogs.pageSize)) : searchAnswer([]),
  }));
  const [first] = await readPages(authLogs, client, { stopAfter: 1 });
  const pages = await readPages(authLogs, client, { cursor: first?.cursor, now: fixedClock('2026-01-01T01:00:00Z') });
  assert.equal(searches().length, 3);
  assert.match(searches()[1] ?? '', /"lte":"2025-12-31T23:59:00.000Z".*"search_after":\[/);
  assert.match(searches()[2] ?? '', /"gt":"2025-12-31T23:59:00.000Z","lte":"2026-01-01T00:59:00.000Z"/);
  assert.deepEqual(pages.at(-1)?.cursor, { since: '2026-01-01T00:59:00.000Z' });
});

test('fields may be nested or dotted, one value or several; strings stand for other types', async (t) => {
  const lake = await testLake(t);
  const hits: readonly Hit[] = [
    authDocument('nested', {
      event: {
        category: ['authentication', 'session'],
        outcome: ['failure', 'x'],
        ingested: '2025-12-31T10:00:02+0000',
      },
    }),
    {
      _index: 'i',
      _id: 'dotted',
      _source: {
        '@timestamp': 1767175200000,
        'event.category': 'authentication',
        'event.outcome': 'success',
        'user.name': ['a', 'b'],
        'source.ip': '198.18.0.1',
      },
    },
    authDocument('text', { '@timestamp': '1767175200000', message: '[sshd] not a list' }),
  ];
  const vendor = await stubVendor(t, (call) =>
    isSearch(call) ? { body: searchAnswer(hits) } : healthyElasticsearch(call),
  );
  const streams = await defineConnector(elasticsearch).open(
    { url: vendor.url, apiKey: elasticsearchKey },
    { web: vendor.web, now: lake.now, sleep: async () => {} },
  );
  await syncSource(lake.needs('elasticsearch', 'run-1'), streams);
  const rows = await lake.rows(
    'elasticsearch',
    authLogs,
    'select id, timestamp, event_ingested, event_category, event_outcome, user_name, source_ip, message from bronze order by id',
  );
  assert.deepEqual(rows, [
    {
      id: 'dotted',
      timestamp: '2025-12-31T10:00:00.000Z',
      event_ingested: null,
      event_category: 'authentication',
      event_outcome: 'success',
      user_name: 'a',
      source_ip: '198.18.0.1',
      message: null,
    },
    {
      id: 'nested',
      timestamp: '2025-12-31T10:00:00.000Z',
      event_ingested: '2025-12-31T10:00:02.000Z',
      event_category: '["authentication","session"]',
      event_outcome: 'failure',
      user_name: 'root',
      source_ip: '198.18.0.7',
      message: 'Failed password for root',
    },
    {
      id: 'text',
      timestamp: '2025-12-31T10:00:00.000Z',
      event_ingested: '2025-12-31T10:00:02.000Z',
      event_category: '["authentication"]',
      event_outcome: 'failure',
      user_name: 'root',
      source_ip: '198.18.0.7',
      message: '[sshd] not a list',
    },
  ]);
});

test('a large integer in a document is kept digit by digit', async (t) => {
  const lake = await testLake(t);
  const body = searchAnswer([authDocument('a')]).replace('"message"', '"bytes":12345678901234567890123,"message"');
  const vendor = await stubVendor(t, (call) => (isSearch(call) ? { body } : healthyElasticsearch(call)));
  const streams = await defineConnector(elasticsearch).open(
    { url: vendor.url, apiKey: elasticsearchKey },
    { web: vendor.web, now: lake.now, sleep: async () => {} },
  );
  await syncSource(lake.needs('elasticsearch', 'run-1'), streams);
  const [row] = await lake.rows('elasticsearch', authLogs);
  const [version] = await findRecordVersions(lake, 'elasticsearch', authLogs, String(row?._key));
  assert.match(version?.record ?? '', /"bytes":12345678901234567890123,/);
});

test('429 es_rejected_execution_exception has no Retry-After: a second and the back-off', async (t) => {
  const { client } = await cluster(t, () => ({
    status: 429,
    body: { error: { type: 'es_rejected_execution_exception' } },
  }));
  await assert.rejects(readPages(authLogs, client), {
    code: 'VENDOR_BUSY',
    params: { source: 'elasticsearch', waitMs: 1000 },
  });
});

test('x-elastic-product is not required', async (t) => {
  const { client } = await cluster(t, () => ({ body: searchAnswer(many(1)) }));
  assert.equal((await readPages(authLogs, client)).length, 1);
});

test('a key that may do more than read is refused by name', async (t) => {
  const vendor = await stubVendor(t, () => ({
    body: { cluster: ['manage'], indices: [{ names: ['*'], privileges: ['read', 'write'] }], run_as: ['root'] },
  }));
  const settings = elasticsearch.settings.parse({ url: vendor.url, apiKey: elasticsearchKey });
  const needs = { settings, web: vendor.web, now: fixedClock('2026-01-01T00:00:00Z'), sleep: async () => {} };
  await assert.rejects(connectElasticsearch(needs), {
    code: 'SOURCE_OVERSCOPED',
    params: { source: 'elasticsearch', scopes: 'cluster:manage, index:write, run_as' },
  });
});

test('a server that does not tell privileges is taken as it is', async (t) => {
  const vendor = await stubVendor(t, () => ({ status: 403, body: {} }));
  const settings = elasticsearch.settings.parse({ url: vendor.url, apiKey: elasticsearchKey });
  await connectElasticsearch({
    settings,
    web: vendor.web,
    now: fixedClock('2026-01-01T00:00:00Z'),
    sleep: async () => {},
  });
});
