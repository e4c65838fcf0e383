// Runs through the state machine against a vendor that fails: retries, dead letters and their replay, budgets, backfill, pause, and workers that meet.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectors } from '@tessera/ingest';
import { loadProject } from '@tessera/transforms';
import {
  authDocument,
  elasticsearchKey,
  healthyElasticsearch,
  searchAnswer,
} from '../ingest/elasticsearch/healthy-elasticsearch.ts';
import { type StubAnswer, type StubCall, stubVendor } from '../ingest/stub-vendor.ts';
import { testLake } from '../ingest/test-lake.ts';
import { backfill, parseTenantConfig, pauseNote, replayLetter, runTenant, runTurn, withLease } from './index.ts';

const lease = { holder: 'test', ttlMs: 60_000 };

/** A tenant with one source whose answers `answer` may replace. */
async function tenantWith(t: TestContext, answer: (call: StubCall) => StubAnswer | undefined) {
  const { lake, engine, events, now, needs } = await testLake(t);
  const vendor = await stubVendor(t, (call) => answer(call) ?? healthyElasticsearch(call));
  const config = parseTenantConfig(
    {
      tenant: 'acme-corp',
      displayName: 'Acme',
      timeZone: 'Europe/Paris',
      orgId: 'acme-hq',
      connections: [{ source: 'elasticsearch', settings: { url: vendor.url, apiKey: elasticsearchKey } }],
    },
    'x',
  );
  const { sleep, observe } = needs('elasticsearch', 'x');
  const run = {
    ...{ lake, engine, connectors, web: vendor.web, env: {}, now, sleep, observe },
    serving: { build: async () => {} },
    models: await loadProject(),
  };
  return { run, config, lake, events, vendor, now };
}
const isSearch = ({ path }: StubCall) => path === '/_search';

test('a failed source is tried again, becomes one dead letter however often it fails, and goes with the next good run', async (t) => {
  let down = true;
  const { run, config, lake, vendor } = await tenantWith(t, (call) =>
    down && isSearch(call) ? { status: 503, body: 'token s3cret' } : undefined,
  );
  const once = { retryWaitMs: 0 };
  const first = await runTenant(run, config, once);
  assert.equal(first.record.faults[0]?.code, 'VENDOR_UNAVAILABLE');
  assert.ok(vendor.calls.filter(isSearch).length > 6, 'the fetch itself was repeated, too');
  await runTenant(run, config, once);
  const letters = await lake.deadLetters.list();
  assert.equal(letters.length, 1);
  const [letter] = letters;
  assert.ok(letter);
  assert.deepEqual([letter.id, letter.attempts, letter.history.length], ['fetch.elasticsearch.auth_logs', 4, 2]);
  assert.doesNotMatch(JSON.stringify(letters), /s3cret/);
  assert.equal((await lake.runs.list()).length, 2, 'failures are kept in the history');

  down = false;
  const replayed = await replayLetter(run, config, letter.id);
  assert.ok(replayed.settled && replayed.record.rows > 0);
  assert.deepEqual(await lake.deadLetters.list(), []);
  await assert.rejects(replayLetter(run, config, letter.id), { code: 'DEAD_LETTER_UNKNOWN' });
  await assert.rejects(replayLetter(run, config, '../releases/1'), { code: 'DEAD_LETTER_UNKNOWN' });

  const before = await lake.releases.latest();
  const idle = await runTenant(run, config, once);
  assert.deepEqual([idle.changed, idle.record.rows], [false, 0]);
  assert.equal((await lake.releases.latest())?.number, before?.number);
  assert.equal((await lake.runs.list()).length, 3, 'an idle run leaves nothing behind');
});

test('what refuses for good is not tried again', async (t) => {
  const { run, config, lake, vendor } = await tenantWith(t, (call) =>
    isSearch(call) ? { status: 403, body: {} } : undefined,
  );
  await runTenant(run, config, { retryWaitMs: 0 });
  assert.equal(vendor.calls.filter(isSearch).length, 1);
  assert.equal((await lake.deadLetters.list())[0]?.attempts, 1);
});

test('a stage that fails keeps its letter and the last good release, and its replay makes it good', async (t) => {
  const { run, config, lake, events } = await tenantWith(t, () => undefined);
  const broken = {
    ...run,
    serving: {
      build: async () => {
        throw new Error('row 4711');
      },
    },
  };
  await assert.rejects(runTenant(broken, config, { retryWaitMs: 0 }));
  const [letter] = await lake.deadLetters.list();
  assert.deepEqual([letter?.id, letter?.code], ['notify', 'INTERNAL']);
  assert.doesNotMatch(JSON.stringify(letter), /4711/);
  assert.equal(events.findLast(({ event }) => event === 'run.failed')?.event, 'run.failed');
  const replayed = await replayLetter(run, config, 'notify');
  assert.ok(replayed.settled);
  assert.equal(replayed.release.number, 1, 'the release that was published before is served, not a second one');
});

test('a span is read again beside the live run: the cursor stays, the second time adds nothing', async (t) => {
  let documents: ReturnType<typeof authDocument>[] | undefined;
  const { run, config, lake, now } = await tenantWith(t, (call) =>
    documents !== undefined && isSearch(call) ? { body: searchAnswer(documents) } : undefined,
  );
  await runTenant(run, config);
  documents = [authDocument('a'), authDocument('forgotten')];
  const { bronzeTable, readBronzeState } = await import('@tessera/ingest');
  const stream = connectors.find(({ source }) => source === 'elasticsearch')?.streams[0];
  assert.ok(stream);
  const cursor = async () => (await readBronzeState(bronzeTable(lake, 'elasticsearch', stream))).cursor;
  const stood = await cursor();
  const to = now();
  const span = { source: 'elasticsearch', stream: stream.name, from: new Date(to.getTime() - 86_400_000), to } as const;
  for (const time of [1, 2]) {
    const report = await backfill(run, config, span, lease);
    assert.ok(report.pages > 0 && report.records > 0, `time ${time}`);
    assert.equal(report.rows, time === 1 ? 1 : 0, 'what was there already is left out');
  }
  assert.deepEqual(await cursor(), stood);
  await assert.rejects(backfill(run, config, { ...span, from: to }, lease), { code: 'WINDOW_INVALID' });
  await assert.rejects(backfill(run, config, { ...span, stream: 'users' }, lease), { code: 'BACKFILL_UNSUPPORTED' });
});

test('a paused tenant is left alone, and so is one that another worker has', async (t) => {
  const { run, config, lake, vendor } = await tenantWith(t, () => undefined);
  await lake.control.put(pauseNote, { at: '2026-01-01T00:00:00Z', by: 'ann', why: 'move' });
  assert.equal((await runTurn(run, config, lease)).state, 'paused');
  await lake.control.remove(pauseNote);
  const held = await withLease(lake, { holder: 'other', ttlMs: 60_000 }, () => runTurn(run, config, lease));
  assert.equal(held?.value.state, 'held');
  assert.equal(vendor.calls.length, 0);
  assert.equal((await runTurn(run, config, lease)).state, 'ran');
});
