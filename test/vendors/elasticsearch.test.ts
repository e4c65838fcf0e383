// Elasticsearch's habits: points in time, newest id, the tiebreak, incomplete answers with 200.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ask, serveVendor } from './serve.ts';
import { asOf } from './small-world.ts';

async function open(t: TestContext) {
  const served = await serveVendor(t, 'elasticsearch');
  const headers = {
    authorization: `ApiKey ${served.credentials.elasticsearch.encoded}`,
    'content-type': 'application/json',
  };
  const call = (method: string, path: string, body?: unknown) =>
    ask(served.origin + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const pit = async (keepAlive = '1m') =>
    ((await call('POST', `/logs-auth-*/_pit?keep_alive=${keepAlive}`)).body as { id: string }).id;
  return { ...served, call, pit };
}
interface Found {
  readonly pit_id: string;
  readonly timed_out: boolean;
  readonly _shards: { readonly failed: number };
  readonly hits: {
    readonly total?: { readonly value: number };
    readonly hits: readonly { readonly _id: string; readonly sort: readonly unknown[] }[];
  };
}
const found = (got: { readonly body: unknown }) => got.body as Found;
const ids = (got: { readonly body: unknown }) => found(got).hits.hits.map(({ _id }) => _id);

test('a point in time does not see what was stored later', async (t) => {
  const { call, pit, clock } = await open(t);
  clock.set(new Date(Date.parse(asOf) - 300 * 60_000));
  const id = await pit('1d');
  clock.set(asOf);
  const body = { pit: { id, keep_alive: '1d' }, size: 1000, query: { match_all: {} } };
  assert.equal(ids(await call('POST', '/_search', body)).length, 101);
  assert.equal(found(await call('POST', '/logs-auth-*/_search', { size: 1000 })).hits.hits.length, 300);
});

test('only the newest ids are accepted, an expired one is a missing search context', async (t) => {
  const { call, pit, clock } = await open(t);
  const first = await pit();
  const search = (id: string) => call('POST', '/_search', { pit: { id, keep_alive: '1m' }, size: 1 });
  const second = found(await search(first)).pit_id;
  assert.notEqual(second, first);
  assert.equal((await search(first)).status, 200, 'the same page again, as after a broken line');
  const third = found(await search(second)).pit_id;
  assert.equal((await search(first)).status, 404);
  clock.set(new Date(Date.parse(asOf) + 61_000));
  const late = await search(third);
  assert.equal(late.status, 404);
  assert.match(late.text, /search_context_missing_exception/);
});

test('the tiebreak is added, and a resume without it works on a new point in time', async (t) => {
  const { call, pit } = await open(t);
  const body = { size: 10, sort: [{ '@timestamp': { order: 'asc', format: 'strict_date_optional_time_nanos' } }] };
  const first = found(await call('POST', '/_search', { ...body, pit: { id: await pit() } }));
  const last = first.hits.hits.at(-1)?.sort ?? [];
  assert.equal(last.length, 2);
  assert.match(`${last[0]}`, /^2026-02-28T.*Z$/);
  const next = await call('POST', '/_search', { ...body, pit: { id: first.pit_id }, search_after: last });
  const resumed = await call('POST', '/_search', { ...body, pit: { id: await pit() }, search_after: last.slice(0, 1) });
  assert.deepEqual(ids(resumed), ids(next));
});

test('ranges, terms, exists and bool filter; a late document is found by event.ingested', async (t) => {
  const { call } = await open(t);
  const count = async (query: unknown) =>
    ((await call('POST', '/logs-auth-*/_count', { query })).body as { count: number }).count;
  assert.equal(await count({ term: { 'event.outcome': 'failure' } }), 100);
  assert.equal(await count({ terms: { 'user.name': ['u0', 'u1'] } }), 86);
  assert.equal(await count({ exists: { field: 'source.ip' } }), 300);
  assert.equal(await count({ exists: { field: 'nothing.here' } }), 0);
  const range = { gt: '2026-02-28T18:00:00.000Z', lte: '2026-02-28T18:20:00.000Z' };
  assert.equal(await count({ range: { 'event.ingested': range } }), 20);
  assert.equal(
    await count({
      bool: { filter: [{ range: { 'event.ingested': range } }, { range: { '@timestamp': { lt: range.gt } } }] },
    }),
    2,
  );
  assert.equal(await count({ bool: { must_not: { term: { 'event.outcome': 'failure' } } } }), 200);
  assert.equal((await call('POST', '/logs-auth-*/_search', { query: { nope: {} } })).status, 400);
});

test('failed shards and timeouts come with 200 and fewer hits', async (t) => {
  const { call, pit, vendor } = await open(t);
  const id = await pit();
  vendor.inject('partial', 1, /_search/);
  const partial = await call('POST', '/_search', { pit: { id }, size: 100 });
  assert.equal(partial.status, 200);
  assert.equal(found(partial)._shards.failed, 1);
  assert.equal(ids(partial).length, 50);
  vendor.inject('timed-out', 1, /_search/);
  assert.equal(found(await call('POST', '/_search', { pit: { id }, size: 100 })).timed_out, true);
  vendor.inject('busy', 1, /_search/);
  const busy = await call('POST', '/_search', { pit: { id }, size: 100 });
  assert.equal(busy.status, 429);
  assert.match(busy.text, /es_rejected_execution_exception/);
  assert.equal(ids(await call('POST', '/_search', { pit: { id }, size: 100 })).length, 100);
});

test('the window, an index beside a point in time and a missing index are refused; the total is capped or left out', async (t) => {
  const { call, pit } = await open(t);
  assert.match((await call('POST', '/_search', { size: 10_001 })).text, /Result window is too large/);
  assert.equal((await call('POST', '/logs-auth-000001/_search', { pit: { id: await pit() } })).status, 400);
  assert.match((await call('POST', '/gone/_search', {})).text, /index_not_found_exception/);
  const silent = await call('POST', '/_search', { pit: { id: await pit() }, track_total_hits: false });
  assert.equal(found(silent).hits.total, undefined);
  assert.equal((await call('POST', '/_search', { search_after: [1, 2], sort: ['@timestamp'] })).status, 400);
});

test('who am I, what may I, which fields', async (t) => {
  const { call, origin } = await open(t);
  assert.equal((await ask(`${origin}/_security/_authenticate`)).status, 401);
  const asked = { cluster: ['manage'], index: [{ names: ['logs-*'], privileges: ['read', 'write'] }] };
  const may = (await call('POST', '/_security/user/_has_privileges', asked)).body;
  assert.deepEqual((may as { index: unknown }).index, { 'logs-*': { read: true, write: false } });
  const caps = (await call('GET', '/logs-auth-*/_field_caps?fields=@timestamp,user.*')).body as {
    fields: Record<string, Record<string, unknown>>;
  };
  assert.deepEqual(Object.keys(caps.fields).sort(), ['@timestamp', 'user.name']);
  assert.ok(caps.fields['@timestamp']?.date);
});
