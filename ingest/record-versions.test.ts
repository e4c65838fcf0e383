// What a vendor said of a record is found whole, by its key, out of the pages that bronze points to.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { StreamFacts } from './define-connector.ts';
import { renderNote } from './page-note.ts';
import { findRecordVersions } from './record-versions.ts';
import { stageStream } from './stage-stream.ts';
import { testLake } from './test-lake.ts';

const things: StreamFacts = {
  ...{ name: 'things', about: 'Things.', mode: 'snapshot', endpoint: 'GET /things', records: '$[*]' },
  ...{ primaryKey: ['id', 'part'], pageSize: 100, cursorAbout: 'None.', deletes: 'Missing.', retention: 'None.' },
  columns: {
    id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id.' },
    part: { type: 'VARCHAR', path: '$.part', required: true, about: 'Part of it.' },
  },
};

/** Lists the bodies one after the other, a minute apart, each as a run of one page. */
async function listed(t: TestContext, bodies: readonly string[], records = 1) {
  const lake = await testLake(t);
  for (const [i, text] of bodies.entries()) {
    const run = `run-${i}`;
    lake.now.set(`2026-01-01T00:0${i}:00Z`);
    const told = { request: 'GET /things', status: 200, receivedAt: lake.now(), body: Buffer.from(text) };
    const page = { ...told, source: 'okta', stream: 'things', run, page: 1 } as const;
    const entry = await lake.lake.raw.put({ ...page, cursor: renderNote({ ...told, records, cursor: null }) });
    await stageStream(lake.needs('okta', run), things, { entries: [entry], complete: true });
  }
  return { ...lake, find: (key: string) => findRecordVersions(lake, 'okta', things, key) };
}

test('each version is given as the vendor wrote it, and its end where a listing lacks it', async (t) => {
  const first = '{"id":"it\'s","part":"1", "price":1.10,"novel":{"deep":[1]}}';
  const second = '{"id":"it\'s","part":"1","price":2}';
  const other = '{"id":"other","part":"1"}';
  const lake = await listed(t, [`[${first},${other}]`, `[${other},${second}]`, `[${other}]`]);
  assert.deepEqual(await lake.find("it's|1"), [
    { receivedAt: '2026-01-01T00:00:00.000Z', page: 'run-0-000001', deleted: false, record: first },
    { receivedAt: '2026-01-01T00:01:00.000Z', page: 'run-1-000001', deleted: false, record: second },
    { receivedAt: '2026-01-01T00:02:00.000Z', page: 'run-2-000001', deleted: true, record: null },
  ]);
});

test('of a large page every record is found, also those that staging did not keep whole', async (t) => {
  const records = Array.from({ length: 5001 }, (_, i) => `{"id":"${i}","part":"1"}`);
  const lake = await listed(t, [`[${records.join(',')}]`], records.length);
  for (const i of [0, 1, 2, 3, 2500, 5000])
    assert.deepEqual(
      (await lake.find(`${i}|1`)).map(({ record }) => record),
      [records[i]],
    );
});

test('a key that bronze does not have is refused without being repeated', async (t) => {
  const lake = await listed(t, ['[{"id":"a","part":"1"}]']);
  await assert.rejects(lake.find('secret-key'), (fault: Error) => {
    assert.match(fault.message, /no record of okta\.things with the key given \(10 characters\)/);
    return !fault.message.includes('secret-key');
  });
});

test('a page that raw has no more is named, and nothing is made up in its place', async (t) => {
  const lake = await listed(t, ['[{"id":"a","part":"1"}]']);
  await rm(path.join(lake.folder, 'lake', 'tenant-acme-corp', 'raw'), { recursive: true });
  await assert.rejects(lake.find('a|1'), { code: 'OBJECT_MISSING', message: /okta\/things\/run-0-000001/ });
});
