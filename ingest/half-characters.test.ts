// Half a character in one record (attack 144): that record is put aside as it was, the others of its page land, and nothing is doubled, lost or taken for gone.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { StreamFacts } from './define-connector.ts';
import { halfMarker, halfReason, hasHalf, markHalves, unmarkHalves } from './half-characters.ts';
import { mendRecord } from './mend-record.ts';
import { renderNote } from './page-note.ts';
import { recountPages } from './recount.ts';
import { stageStream } from './stage-stream.ts';
import { testLake } from './test-lake.ts';

const marker = halfMarker(['00']);
const unit = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud83d', '\ude00', '\ud83d\ude00', '\\', '\\ud83d', '"', '\u0000'),
);
const text = fc.array(unit, { maxLength: 6 }).map((parts) => parts.join(''));

test('a JSON text is marked exactly where it holds half a character, is well-formed then, and comes back as it was', () => {
  fc.assert(
    fc.property(fc.dictionary(text, text), (value) => {
      const json = JSON.stringify(value);
      const marked = markHalves(json, marker);
      const isWhole = Object.entries(value)
        .flat()
        .every((part) => part.isWellFormed());
      assert.equal(marked === undefined, isWhole);
      assert.equal(hasHalf(json), !isWhole);
      if (marked === undefined) return;
      const told = Object.entries(JSON.parse(marked) as Record<string, string>).flat();
      assert.ok(told.every((part) => part.isWellFormed()));
      assert.equal(unmarkHalves(marked, marker), json);
    }),
    { numRuns: 500 },
  );
});

const about = (records: string, more: Partial<StreamFacts> = {}): StreamFacts => ({
  ...{ name: 'things', about: 'Things.', mode: 'changes', endpoint: 'GET /things', records },
  ...{ primaryKey: ['id'], pageSize: 100, cursorAbout: 'None.', deletes: 'Missing.', retention: 'None.' },
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id.' },
    name: { type: 'VARCHAR', path: '$.name', about: 'Name.' },
  },
  ...more,
});

async function lab(t: TestContext, of: StreamFacts) {
  const its = await testLake(t);
  let runs = 0;
  return {
    ...its,
    needs: its.needs('okta', 'x'),
    async stage(bodies: readonly string[], complete = false) {
      const run = `run-${++runs}`;
      const entries = [];
      for (const [i, text] of bodies.entries()) {
        const page = { request: 'GET /things', status: 200, receivedAt: its.now(), body: Buffer.from(text) };
        const cursor = renderNote({ ...page, records: 1, cursor: null });
        entries.push(await its.lake.raw.put({ source: 'okta', stream: of.name, run, page: i + 1, ...page, cursor }));
      }
      its.now.set(new Date(its.now().getTime() + 60_000));
      return stageStream(its.needs('okta', run), of, { entries, complete });
    },
    keys: async (where = 'not _deleted') =>
      (await its.rows('okta', of, `select distinct _key from bronze where ${where} order by _key`)).map(
        ({ _key }) => _key,
      ),
  };
}

const shapes = [
  { what: 'a bare array', records: '$[*]', wrap: (list: string) => list },
  { what: 'a wrapped one', records: '$.value[*]', wrap: (list: string) => `{"@next":"\\udc00","value":${list}}` },
];
for (const { what, records, wrap } of shapes)
  test(`in ${what} only its record goes to quarantine, with its own text; mended it lands once, and the count from raw balances`, async (t) => {
    const of = about(records);
    const it = await lab(t, of);
    const bad = '{"id":"b","name":"cut \\uD83d off","n":"\\\\ud83d \\ud83d\\ude00"}';
    const good = ['{"id":"a","name":"\\\\ud83d","r":1.10}', '{"id":"c","name":"\\ud83d\\ude00"}'];
    const pages = [wrap(`[${good[0]},${bad},${good[1]}]`), wrap('[{"id":"d"}]'), '{"no JSON'];
    const staged = await it.stage(pages);
    assert.deepEqual([staged.rows, staged.quarantined, staged.unreadable], [3, 1, ['run-1-000003']]);
    assert.deepEqual(await it.keys(), ['a', 'c', 'd']);
    const [waiting] = await it.lake.quarantine.list();
    assert.ok(waiting);
    assert.equal(waiting.reason, halfReason);
    assert.deepEqual(JSON.parse(waiting.record), JSON.parse(bad), 'the same halves and the same whole characters');
    assert.equal((await it.stage(pages)).rows, 0, 'the same pages again add nothing');
    assert.equal(JSON.stringify(staged.drift).includes('half-a-character'), false);

    await assert.rejects(mendRecord(it.needs, of, waiting), { code: 'RECORD_STILL_BAD' });
    const mended = waiting.record.replace(/\\ud83d off/i, 'off');
    assert.equal((await mendRecord(it.needs, of, waiting, mended)).rows, 1);
    assert.equal((await mendRecord(it.needs, of, waiting, mended)).rows, 0);
    assert.deepEqual(await it.keys(), ['a', 'b', 'c', 'd']);

    const entries = await it.lake.raw.list('okta', of.name, 'run-1');
    const counted = await recountPages(it.needs, of, entries);
    const told = counted.raw.map(({ reason, rows, sum }) => (reason === null ? [rows, sum] : [reason, rows]));
    const there = counted.bronze.map(({ rows, sum }) => [rows, sum]);
    assert.deepEqual(told.toSorted(), [...there, ['quarantined', 1]].toSorted());
  });

test('in the key of a listing, nobody is taken for gone; in the name of a field or in what a group gives, the record is put aside too', async (t) => {
  const listing = about('$[*]', { mode: 'snapshot' });
  const it = await lab(t, listing);
  await it.stage(['[{"id":"a"},{"id":"b"}]'], true);
  const staged = await it.stage(['[{"id":"a"},{"id":"b\\ud800"},{"id":"c","\\udfff":1}]'], true);
  assert.deepEqual([staged.rows, staged.quarantined], [0, 2]);
  assert.deepEqual(await it.keys(), ['a', 'b']);
  assert.deepEqual(await it.keys('_deleted'), []);

  const nested = about('$.groups[*]', { nested: { path: '$.list[*]', carry: { of: '$.of' } } });
  const other = await lab(t, {
    ...nested,
    columns: { ...nested.columns, of: { type: 'VARCHAR', path: '$.of', about: 'Group.' } },
  });
  const both = await other.stage(['{"groups":[{"of":"x\\udc00","list":[{"id":"a"}]},{"of":"y","list":[{"id":"b"}]}]}']);
  assert.deepEqual([both.rows, both.quarantined], [1, 1]);
  const [waiting] = await other.lake.quarantine.list();
  assert.deepEqual(waiting?.given, { of: 'x\udc00' });
  await assert.rejects(mendRecord(other.needs, nested, waiting), { code: 'RECORD_STILL_BAD' });
});
