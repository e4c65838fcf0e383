// Staging keeps what it promises: versions, deletions, quarantine, drift, and no row twice, whatever comes in which order.
import assert from 'node:assert/strict';
import { readdirSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { StreamPage } from './contract.ts';
import type { StreamFacts } from './define-connector.ts';
import { renderNote } from './page-note.ts';
import { stageStream } from './stage-stream.ts';
import { testLake } from './test-lake.ts';

const facts = (more: Partial<StreamFacts>): StreamFacts => ({
  name: 'things',
  about: 'Things.',
  mode: 'snapshot',
  endpoint: 'GET /things',
  records: '$[*]',
  primaryKey: ['id'],
  pageSize: 100,
  cursorAbout: 'None.',
  deletes: 'Missing.',
  retention: 'None.',
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id.' },
    n: { type: 'BIGINT', path: '$.n', about: 'Number.' },
  },
  ...more,
});

/** Stages pages given as JSON values or text; each call is a run. */
async function stager(t: TestContext, stream: StreamFacts) {
  const lake = await testLake(t);
  let run = 0;
  return {
    ...lake,
    async stage(
      pages: readonly unknown[],
      how: { complete?: boolean; page?: (i: number) => Partial<StreamPage>; cursor?: unknown } = {},
    ) {
      const name = `run-${String(++run).padStart(4, '0')}`;
      const entries = [];
      for (const [i, value] of pages.entries()) {
        const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
        const page = {
          request: 'GET /things',
          status: 200,
          body,
          receivedAt: lake.now(),
          records: 1,
          cursor: how.cursor ?? null,
          ...how.page?.(i),
        };
        const { request, status, receivedAt } = page;
        entries.push(
          await lake.lake.raw.put({
            source: 'okta',
            stream: stream.name,
            run: name,
            page: i + 1,
            request,
            status,
            receivedAt,
            body,
            cursor: renderNote(page),
          }),
        );
      }
      return stageStream(lake.needs('okta', name), stream, { entries, complete: how.complete ?? true });
    },
    /** Live keys with their number, by the rule for the newest version. */
    live: () =>
      lake.rows(
        'okta',
        stream,
        `select _key, n from (select _key, arg_max(n, (ingest_at, _page)) as n, arg_max(_deleted, (ingest_at, _page)) as gone from bronze group by _key) where not gone order by _key`,
      ),
  };
}

test('a snapshot run adds a version of what is new or changed, and one that says gone of what is missing', async (t) => {
  const stream = facts({});
  const lab = await stager(t, stream);
  assert.equal(
    (
      await lab.stage([
        [
          { id: 'a', n: 1 },
          { id: 'b', n: 1 },
        ],
      ])
    ).rows,
    2,
  );
  assert.equal((await lab.stage([[{ id: 'a', n: 2 }], [{ id: 'c', n: 1 }]])).rows, 3);
  const rows = await lab.rows('okta', stream, 'select _key, n, _deleted, _page from bronze order by _page, _key');
  assert.deepEqual(rows, [
    { _key: 'a', n: 1, _deleted: false, _page: 'run-0001-000001' },
    { _key: 'b', n: 1, _deleted: false, _page: 'run-0001-000001' },
    { _key: 'a', n: 2, _deleted: false, _page: 'run-0002-000001' },
    { _key: 'b', n: 1, _deleted: true, _page: 'run-0002-000002' },
    { _key: 'c', n: 1, _deleted: false, _page: 'run-0002-000002' },
  ]);
});

test('a key that comes back after it was gone gets a new version, with the same content too', async (t) => {
  const lab = await stager(t, facts({}));
  await lab.stage([
    [
      { id: 'a', n: 1 },
      { id: 'b', n: 1 },
    ],
  ]);
  await lab.stage([[{ id: 'a', n: 1 }]]);
  await lab.stage([
    [
      { id: 'a', n: 1 },
      { id: 'b', n: 1 },
    ],
  ]);
  assert.deepEqual(await lab.live(), [
    { _key: 'a', n: 1 },
    { _key: 'b', n: 1 },
  ]);
});

test('a listing that is not complete deletes nothing', async (t) => {
  const lab = await stager(t, facts({}));
  await lab.stage([[{ id: 'a' }, { id: 'b' }]]);
  await lab.stage([[{ id: 'a' }]], { complete: false });
  assert.equal((await lab.live()).length, 2);
});

test('a listing with a page that cannot be read, or a record without a key, deletes nothing; the rest lands', async (t) => {
  const lab = await stager(t, facts({}));
  await lab.stage([[{ id: 'a' }, { id: 'b' }]]);
  const cut = await lab.stage([[{ id: 'c' }], '[{"id":"b"},{"id":']);
  assert.deepEqual(cut.unreadable, ['run-0002-000002']);
  const nameless = await lab.stage([[{ id: 'd' }, { n: 1 }]]);
  assert.equal(nameless.quarantined, 1);
  assert.deepEqual(
    (await lab.live()).map((row) => row._key),
    ['a', 'b', 'c', 'd'],
  );
});

test('a record that goes to quarantine is not taken for gone', async (t) => {
  const stream = facts({
    columns: { ...facts({}).columns, kind: { type: 'VARCHAR', path: '$.kind', required: true, about: 'Kind.' } },
  });
  const lab = await stager(t, stream);
  await lab.stage([
    [
      { id: 'a', kind: 'x' },
      { id: 'b', kind: 'x' },
    ],
  ]);
  const second = await lab.stage([[{ id: 'a', kind: 'x' }, { id: 'b' }]]);
  assert.deepEqual([second.rows, second.quarantined], [0, 1]);
  const [bad] = await lab.lake.quarantine.list();
  assert.deepEqual([bad?.reason, bad?.record, bad?.run, bad?.page], ['$.kind is missing', '{"id":"b"}', 'run-0002', 1]);
});

test('a listing that is suddenly empty is refused as a lost permission', async (t) => {
  const lab = await stager(t, facts({}));
  await lab.stage([[1, 2, 3, 4, 5].map((n) => ({ id: `k${n}` }))]);
  await assert.rejects(lab.stage([[]]), {
    code: 'LISTING_EMPTY',
    params: { source: 'okta', stream: 'things', known: 5 },
  });
  assert.equal((await lab.live()).length, 5);
});

test('absence means nothing in a stream of changes, except in a complete listing', async (t) => {
  const lab = await stager(t, facts({ mode: 'changes' }));
  await lab.stage([
    [
      { id: 'a', n: 1 },
      { id: 'b', n: 1 },
    ],
  ]);
  await lab.stage([[{ id: 'a', n: 2 }]]);
  assert.deepEqual(await lab.live(), [
    { _key: 'a', n: 2 },
    { _key: 'b', n: 1 },
  ]);
  await lab.stage([[{ id: 'a', n: 2 }]], { page: () => ({ full: true }) });
  assert.deepEqual(await lab.live(), [{ _key: 'a', n: 2 }]);
});

test('a record that comes twice in a run counts as the vendor sent it last', async (t) => {
  const lab = await stager(t, facts({ mode: 'changes' }));
  await lab.stage([
    [
      { id: 'a', n: 1 },
      { id: 'a', n: 2 },
    ],
    [
      { id: 'b', n: 1 },
      { id: 'a', n: 3 },
      { id: 'b', n: 2 },
    ],
  ]);
  assert.deepEqual(await lab.live(), [
    { _key: 'a', n: 3 },
    { _key: 'b', n: 2 },
  ]);
});

test('a deletion marker is a version that says gone; one of something unknown is nothing', async (t) => {
  const stream = facts({
    mode: 'changes',
    deletedBy: '$."@removed"',
    columns: { ...facts({}).columns, name: { type: 'VARCHAR', path: '$.name', required: true, about: 'Name.' } },
  });
  const lab = await stager(t, stream);
  await lab.stage([[{ id: 'a', name: 'x' }]]);
  const second = await lab.stage([
    [
      { id: 'a', '@removed': { reason: 'deleted' } },
      { id: 'z', '@removed': { reason: 'deleted' } },
    ],
  ]);
  assert.deepEqual([second.rows, second.quarantined], [1, 0]);
  assert.deepEqual(await lab.live(), []);
});

test('children carry their parent, and only children of a listed parent can be gone', async (t) => {
  const stream = facts({
    mode: 'children',
    primaryKey: ['parent_id', 'id'],
    parent: { stream: 'parents', column: 'parent_id' },
  });
  const lab = await stager(t, stream);
  const under = (...parents: string[]) => ({ page: (i: number) => ({ parent: parents[i] ?? '' }) });
  await lab.stage([[{ id: 'a' }, { id: 'b' }], [{ id: 'a' }]], under('p', 'q'));
  await lab.stage([[{ id: 'b' }], []], under('p', 'r'));
  assert.deepEqual(
    (await lab.live()).map((row) => row._key),
    ['p|b', 'q|a'],
  );
  await lab.stage([[]], under('q'));
  assert.deepEqual(
    (await lab.live()).map((row) => row._key),
    ['p|b'],
  );
});

test('groups of records are cut open and their records carry what the group says', async (t) => {
  const stream = facts({
    mode: 'events',
    records: '$.groups[*]',
    nested: { path: '$.entries[*]', carry: { group_id: '$.id' } },
    primaryKey: ['group_id', 'id'],
  });
  const lab = await stager(t, stream);
  await lab.stage([
    {
      groups: [
        { id: 'g1', entries: [{ id: 'a' }, { id: 'b' }] },
        { id: 'g2', entries: [] },
        { id: 'g3', entries: [{ id: 'a' }] },
      ],
    },
  ]);
  const rows = await lab.rows('okta', stream, 'select _key, group_id from bronze order by _key');
  assert.deepEqual(
    rows.map((row) => [row._key, row.group_id]),
    [
      ['g1|a', 'g1'],
      ['g1|b', 'g1'],
      ['g3|a', 'g3'],
    ],
  );
});

test('fields by an older name, sentinels, several values, numbers as text and times as numbers are read', async (t) => {
  const stream = facts({
    columns: {
      id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id.' },
      name: { type: 'VARCHAR', path: ['$.newName', '$."old name"'], about: 'Name.' },
      seen: { type: 'TIMESTAMPTZ', path: '$.seen', nullIf: ['0001-01-01T00:00:00Z'], epoch: true, about: 'Seen.' },
      big: { type: 'BIGINT', path: '$.a.b', about: 'Big.' },
      tag: { type: 'VARCHAR', path: '$.tags', first: true, about: 'Tag.' },
      whole: { type: 'JSON', path: '$.a', about: 'Whole.' },
    },
  });
  const lab = await stager(t, stream);
  await lab.stage([
    [
      {
        id: '1',
        newName: 'new',
        'old name': 'old',
        seen: '2026-01-01T08:00:00.5+0800',
        a: { b: '9007199254740993' },
        tags: ['x', 'y'],
      },
      { id: '2', 'old name': 'old', seen: '0001-01-01T00:00:00Z', a: { b: 1 }, tags: 'z' },
      { id: '3', newName: null, seen: 1767225600, a: 'text', tags: [] },
      { id: '4', seen: 1767225600123 },
    ],
  ]);
  const rows = await lab.rows('okta', stream, 'select name, seen, big, tag, whole from bronze order by id');
  assert.deepEqual(rows, [
    {
      name: 'new',
      seen: '2026-01-01T00:00:00.500Z',
      big: '9007199254740993',
      tag: 'x',
      whole: '{"b":"9007199254740993"}',
    },
    { name: 'old', seen: null, big: 1, tag: 'z', whole: '{"b":1}' },
    { name: null, seen: '2026-01-01T00:00:00.000Z', big: null, tag: null, whole: '"text"' },
    { name: null, seen: '2026-01-01T00:00:00.123Z', big: null, tag: null, whole: null },
  ]);
});

test('attack 145: an unknown field lands and is counted; a value of another type goes to quarantine instead of becoming a silent null', async (t) => {
  const stream = facts({ alsoKnown: ['old'] });
  const lab = await stager(t, stream);
  const staged = await lab.stage([
    [
      { id: 'a', n: 'many', novel: 1 },
      { id: 'b', old: 1, novel: 2 },
    ],
  ]);
  assert.deepEqual(staged.drift, { '$.n is not a BIGINT': 1, '$.novel': 2 });
  assert.deepEqual(staged.driftTypes, { '$.novel': 'UBIGINT' });
  assert.deepEqual([staged.rows, staged.quarantined], [1, 1]);
});

test('of a batch over 5,000 records unknown fields are told for all of them, not for the eighth that was looked at', async (t) => {
  const lab = await stager(t, facts({ alsoKnown: [] }));
  const records = 5_001;
  const things = Array.from({ length: records }, (_, i) => ({ id: String(i), novel: i }));
  const { drift, quarantined } = await lab.stage([[...things.slice(1), { id: '0', n: 'many', novel: 0 }]], {
    page: () => ({ records }),
  });
  // An eighth by chance: off by a sixth would be seven deviations.
  const told = drift['$.novel'] ?? 0;
  assert.ok(told > records * 0.84 && told <= records, `${told} of ${records}`);
  assert.deepEqual([told % 8 === 0 || told === records, quarantined], [true, 1]);
});

test('the cursor is committed with the rows, and a run without news commits nothing', async (t) => {
  const lab = await stager(t, facts({ mode: 'events' }));
  const first = await lab.stage([[{ id: 'a' }]], { cursor: { at: 1 } });
  const again = await lab.stage([[{ id: 'a' }]], { cursor: { at: 1 } });
  assert.deepEqual([first.version, again.version], [0, 0]);
  const moved = await lab.stage([[{ id: 'a' }]], { cursor: { at: 2 } });
  assert.deepEqual([moved.rows, moved.version], [0, 1]);
});

test('text that could be SQL is only ever text', async (t) => {
  const stream = facts({ mode: 'children', parent: { stream: 'p', column: "pa'rent" }, primaryKey: ["pa'rent", 'id'] });
  const lab = await stager(t, stream);
  await lab.stage([[{ id: "x'); drop table batch_rows; --" }]], { page: () => ({ parent: 'o\'hara"; select 1' }) });
  const rows = await lab.rows('okta', stream, 'select _key from bronze');
  assert.deepEqual(rows, [{ _key: "o'hara\"; select 1|x'); drop table batch_rows; --" }]);
});

test('whatever listings come, the live versions are the last listing', async (t) => {
  const lab = await stager(t, facts({}));
  const listing = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 2 }));
  await fc.assert(
    fc.asyncProperty(listing, fc.boolean(), async (things, later) => {
      if (later) lab.now.set(new Date(lab.now().getTime() + 1000));
      await lab.stage([Object.entries(things).map(([id, n]) => ({ id, n }))]);
      const expected = Object.entries(things)
        .map(([_key, n]) => ({ _key, n }))
        .sort((a, b) => (a._key < b._key ? -1 : 1));
      assert.deepEqual(await lab.live(), expected);
    }),
    { numRuns: 25 },
  );
});

test('whatever pages of events come, in whatever order and however often, each event is there once', async (t) => {
  const stream = facts({
    mode: 'events',
    occurredAt: 'at',
    columns: {
      ...facts({}).columns,
      at: { type: 'TIMESTAMPTZ', path: '$.at', required: true, epoch: true, about: 'At.' },
    },
  });
  const lab = await stager(t, stream);
  const seen = new Set<string>();
  const page = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 3 }), async (pages) => {
      for (const n of pages.flat()) seen.add(`e${n}`);
      // An event's instant belongs to it: late ones have old instants.
      await lab.stage(
        pages.map((ns) => ns.map((n) => ({ id: `e${n}`, n, at: 1_700_000_000 + ((n * 7919) % 41) * 86_400 }))),
      );
      const rows = await lab.rows('okta', stream, 'select _key from bronze order by _key');
      assert.deepEqual(
        rows.map((row) => row._key),
        [...seen].sort(),
      );
    }),
    { numRuns: 25 },
  );
});

test('bronze made again from raw alone is the same bronze', async (t) => {
  const stream = facts({});
  const lab = await stager(t, stream);
  for (const listing of [
    [{ id: 'a', n: 1 }],
    [
      { id: 'a', n: 2 },
      { id: 'b', n: 1 },
    ],
    [{ id: 'b', n: 1 }],
  ]) {
    await lab.stage([listing]);
    lab.now.set(new Date(lab.now().getTime() + 1000));
  }
  const before = await lab.rows('okta', stream);
  const other = await testLake(t);
  const entries = await lab.lake.raw.list('okta', 'things');
  for (const [run, pages] of Map.groupBy(entries, (entry) => entry.run)) {
    const lake = { ...other.lake, raw: lab.lake.raw };
    await stageStream({ ...other.needs('okta', run), lake }, stream, { entries: pages, complete: true });
  }
  assert.deepEqual(await other.rows('okta', stream), before);
});

test('events are compared with the files of their own time only, so that a long history costs nothing', async (t) => {
  const stream = facts({
    mode: 'events',
    occurredAt: 'at',
    columns: {
      ...facts({}).columns,
      at: { type: 'TIMESTAMPTZ', path: '$.at', required: true, about: 'At.' },
    },
  });
  const lab = await stager(t, stream);
  const day = (n: number) => `2025-01-${String(n).padStart(2, '0')}T12:00:00.123456Z`;
  for (let n = 1; n <= 5; n++) await lab.stage([[{ id: `e${n}`, at: day(n) }]]);
  // A file that is not read is not missed: all but the third day's are gone.
  const folder = path.join(lab.folder, 'lake', 'tenant-acme-corp', 'bronze', 'okta__things');
  const data = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
  const firstOf = async (name: string) => {
    const [row] = await lab.engine.query(`select id from read_parquet('${path.join(folder, name)}')`);
    return row?.id;
  };
  for (const name of data) if ((await firstOf(name)) !== 'e3') unlinkSync(path.join(folder, name));
  const staged = await lab.stage([
    [
      { id: 'e3', at: day(3) },
      { id: 'new', at: day(3) },
    ],
  ]);
  assert.equal(staged.rows, 1);
});
