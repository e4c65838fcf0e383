// What comes out of quarantine: judged before anything is written, staged once, and never newer than what came after it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { StreamFacts } from './define-connector.ts';
import { mendRecord, wrapRecord } from './mend-record.ts';
import { renderNote } from './page-note.ts';
import { restageStream } from './restage-stream.ts';
import { stageStream } from './stage-stream.ts';
import { testLake } from './test-lake.ts';

const stream = (more: Partial<StreamFacts> = {}): StreamFacts => ({
  ...{ name: 'things', about: 'Things.', mode: 'snapshot', endpoint: 'GET /things', records: '$.value[*]' },
  ...{ primaryKey: ['id'], pageSize: 100, cursorAbout: 'None.', deletes: 'Missing.', retention: 'None.' },
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id.' },
    n: { type: 'BIGINT', path: '$.n', about: 'Number.' },
    name: { type: 'VARCHAR', path: '$.name', about: 'Name.' },
    ratio: { type: 'DOUBLE', path: '$.ratio', about: 'Ratio.' },
  },
  ...more,
});

async function lab(t: TestContext, of: StreamFacts) {
  const its = await testLake(t);
  let runs = 0;
  const needs = its.needs('okta', 'x');
  return {
    ...its,
    needs,
    async stage(body: unknown, more: { parent?: string; complete?: boolean; owner?: string } = {}) {
      const run = `run-${++runs}`;
      const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
      const page = { request: 'GET /things', status: 200, receivedAt: its.now(), body: bytes };
      const note = renderNote({ ...page, records: 1, cursor: null, ...(more.parent ? { parent: more.parent } : {}) });
      const entry = await its.lake.raw.put({ source: 'okta', stream: of.name, run, page: 1, ...page, cursor: note });
      its.now.set(new Date(its.now().getTime() + 60_000));
      return stageStream({ ...its.needs('okta', run), owner: more.owner }, of, {
        entries: [entry],
        complete: more.complete ?? true,
      });
    },
    live: () =>
      its.rows(
        'okta',
        of,
        'select _key, n from (select _key, arg_max(n, (ingest_at, _page)) as n, arg_max(_deleted, (ingest_at, _page)) as gone from bronze group by _key) where not gone order by _key',
      ),
    waiting: () => its.lake.quarantine.list(),
  };
}

test('a record that is still bad writes nothing; fixed it lands once, however often, and bronze from raw alone has it too', async (t) => {
  const of = stream();
  const it = await lab(t, of);
  await it.stage({
    value: [
      { id: 'a', n: 1 },
      { id: 'b', n: 'many' },
    ],
  });
  const [bad] = await it.waiting();
  assert.ok(bad);
  assert.equal(bad.reason, '$.n is not a BIGINT');
  await assert.rejects(mendRecord(it.needs, of, bad), { code: 'RECORD_STILL_BAD' });
  await assert.rejects(mendRecord(it.needs, of, bad, '{"id":'), { code: 'RECORD_STILL_BAD' });
  await assert.rejects(mendRecord(it.needs, of, bad, '[1]'), { code: 'RECORD_STILL_BAD' });
  assert.equal((await it.lake.raw.list('okta', 'things')).length, 1);

  const first = await mendRecord(it.needs, of, bad, '{"id":"b","n":2}');
  const again = await mendRecord(it.needs, of, bad, '{"id":"b","n":2}');
  assert.deepEqual([first.rows, again.rows], [1, 0]);
  assert.deepEqual(await it.live(), [
    { _key: 'a', n: 1 },
    { _key: 'b', n: 2 },
  ]);
  assert.deepEqual(
    (await it.waiting()).map(({ id }) => id),
    [bad.id],
    'what was found stays in the books',
  );

  const other = await testLake(t);
  await restageStream(other.needs('okta', 'x'), it.lake.raw, of);
  const select = 'select _key, n, _hash, ingest_at, _page from bronze order by _key, ingest_at, _page';
  assert.deepEqual(await other.rows('okta', of, select), await it.rows('okta', of, select));
});

test('a mended record is as old as its page: what came later of the same key stays the newest', async (t) => {
  const of = stream({ mode: 'changes' });
  const it = await lab(t, of);
  await it.stage({ value: [{ id: 'a', n: 'one' }] }, { complete: false });
  await it.stage({ value: [{ id: 'a', n: 2 }] }, { complete: false });
  const [bad] = await it.waiting();
  assert.ok(bad);
  assert.equal((await mendRecord(it.needs, of, bad, '{"id":"a","n":1}')).rows, 1);
  assert.equal((await mendRecord(it.needs, of, bad, '{"id":"a","n":1}')).rows, 0);
  assert.deepEqual(await it.live(), [{ _key: 'a', n: 2 }]);
});

test('a child that is mended comes under its parent and takes none of its siblings away', async (t) => {
  const of = stream({
    mode: 'children',
    primaryKey: ['parent_id', 'id'],
    parent: { stream: 'p', column: 'parent_id' },
  });
  const it = await lab(t, of);
  await it.stage(
    {
      value: [
        { id: 'a', n: 1 },
        { id: 'b', n: [] },
      ],
    },
    { parent: "o'p" },
  );
  const [bad] = await it.waiting();
  assert.ok(bad);
  assert.deepEqual(bad.given, { parent_id: "o'p" });
  await mendRecord(it.needs, of, bad, '{"id":"b","n":2}');
  assert.deepEqual(
    (await it.live()).map((row) => row._key),
    ["o'p|a", "o'p|b"],
  );
});

test('a record of a group is put back into its group, its text untouched', () => {
  const of = stream({ records: '$.groups[*]', nested: { path: '$.entries[*]', carry: { group_id: '$.id' } } });
  assert.equal(wrapRecord(of, '{"n":1.10}', { group_id: 'g"1' }), '{"groups":[{"id":"g\\"1","entries":[{"n":1.10}]}]}');
  assert.equal(wrapRecord(stream({ records: '$[*]' }), '{"n":1.10}', {}), '[{"n":1.10}]');
});

const poison: readonly (readonly [what: string, record: string, reason: RegExp])[] = [
  ['a word in a number', '{"id":"x","n":"many"}', /n is not a BIGINT/],
  ['a fraction in an integer', '{"id":"x","n":1.5}', /n is not a BIGINT/],
  ['NaN as a text', '{"id":"x","ratio":"NaN"}', /ratio is not a DOUBLE/],
  ['1e400', '{"id":"x","ratio":1e400}', /ratio is not a DOUBLE/],
  ['an object where a text was', '{"id":"x","name":{"first":"y"}}', /name is not a VARCHAR/],
  ['a list where a text was', '{"id":"x","name":["y"]}', /name is not a VARCHAR/],
  ['a NUL in a text', '{"id":"x","name":"a\\u0000b"}', /holds a NUL/],
  ['no key', '{"n":1}', /id is missing/],
  ['9 MB', `{"id":"x","name":"${'a'.repeat(9 * 1024 * 1024)}"}`, /larger than/],
];
test('attack 144: a poison record goes to quarantine with its bytes and reason, and the rest of the page lands', async (t) => {
  const of = stream({ mode: 'changes' });
  const it = await lab(t, of);
  const harmless = [...['{"id":"deep","other":', '['.repeat(20_000), ']'.repeat(20_000), '}'].join('')].join('');
  const keys = `{"id":"keys",${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join(',')}}`;
  const good = ['{"id":"a","name":"[not a list]"}', '{"id":"__proto__","__proto__":{"n":1}}', harmless, keys];
  const goods = [...good, ...Array.from({ length: 12 }, (_, i) => `{"id":"g${i}","n":${i}}`)];
  const staged = await it.stage(`{"value":[${[...goods, ...poison.map(([, record]) => record)].join(',')}]}`, {
    complete: false,
  });
  assert.deepEqual([staged.rows, staged.quarantined], [goods.length, poison.length]);
  const waiting = await it.waiting();
  for (const [what, , reason] of poison)
    assert.ok(
      waiting.some((bad) => reason.test(bad.reason)),
      what,
    );
  assert.ok(waiting.some(({ record }) => record.length > 9_000_000));
});

test('attack 145: where most of a page no longer fits, the stream stops and nothing of it is taken', async (t) => {
  const of = stream();
  const it = await lab(t, of);
  await it.stage({ value: [{ id: 'a', n: 1 }] });
  const renamed = Array.from({ length: 40 }, (_, i) => ({ ident: `k${i}` }));
  await assert.rejects(it.stage({ value: renamed }), { code: 'SCHEMA_BROKEN' });
  assert.deepEqual(await it.live(), [{ _key: 'a', n: 1 }]);
  assert.deepEqual(await it.waiting(), []);
});

test('attack 145: our own columns do not change under stored rows without a new version; a new column may come', async (t) => {
  const of = stream();
  const it = await lab(t, of);
  await it.stage({ value: [{ id: 'a', n: 1 }] });
  const { n: _, ...without } = of.columns;
  const gone = stream({ columns: without });
  const entries = await it.lake.raw.list('okta', 'things');
  const stage = (as: StreamFacts) => stageStream(it.needs, as, { entries, complete: true });
  await assert.rejects(stage(gone), { code: 'CONTRACT_BREAKS' });
  const retyped = stream({ columns: { ...of.columns, n: { type: 'VARCHAR', path: '$.n', about: 'n' } } });
  await assert.rejects(stage(retyped), { code: 'CONTRACT_BREAKS' });
  const more = stream({ columns: { ...of.columns, m: { type: 'VARCHAR', path: '$.m', about: 'm' } } });
  await stage(more);
});

test('attack 148: records that say they are of another organisation are refused, and somebody is told', async (t) => {
  const of = stream({ mode: 'changes', ownedBy: { path: '$.org', setting: 'organizationId' } });
  const it = await lab(t, of);
  const value = [{ id: 'a', org: 'ours' }, { id: 'b', org: 'theirs' }, { id: 'c' }];
  const staged = await it.stage({ value }, { owner: 'ours', complete: false });
  assert.deepEqual([staged.rows, staged.quarantined], [2, 1]);
  assert.ok(it.events.some((event) => event.event === 'records.foreign' && event.records === 1));
});
