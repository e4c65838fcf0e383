// The ledger against a loss, a double and a changed value: it names the place and the day. The other pairs of hop and harm are in ledger.integration.ts.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { createServing } from '@tessera/lakehouse';
import { authDocument } from '../../ingest/elasticsearch/healthy-elasticsearch.ts';
import { places, scene, testHarm } from './ledger.contract.ts';
import { openLedger } from './ledger-store.ts';
import { checkServed, servedLines } from './served-lines.ts';
import { readObjectLines, summarizeLedger } from './summarize-ledger.ts';
import { verifyLedger } from './verify-ledger.ts';

testHarm(places[0], 'lost');
testHarm(places[1], 'changed');
testHarm(places[2], 'doubled');

test('a page that is gone or altered before it is staged is named, until its bytes are back', async (t) => {
  const { pipeline, give, lake, alerts, folder } = await scene(t);
  await pipeline();
  give([authDocument('a'), authDocument('b')]);
  const stream = ['elasticsearch', 'auth_logs'] as const;
  let page: { key: string; run: string } | undefined;
  assert.equal(
    await pipeline({
      stage: async () => {
        page = (await lake.raw.list(...stream)).at(-1);
        await rm(path.join(folder, 'lake', page?.key ?? '').replace('.json.zst', '.meta.json'));
      },
    }),
    undefined,
  );
  const [line] = (await openLedger(lake).open())?.lines ?? [];
  assert.deepEqual([line?.hop, line?.object, line?.problem, line?.unexplained], ['source-raw', 'auth_logs', 'lost', 2]);
  assert.equal(alerts().length, 1);
});

test('another page of as many records in the place of one that came, which fits its own sidecar, is named', async (t) => {
  const { pipeline, give, lake, folder } = await scene(t);
  await pipeline();
  give([authDocument('a'), authDocument('b')]);
  await pipeline({
    stage: async () => {
      const page = (await lake.raw.list('elasticsearch', 'auth_logs')).at(-1);
      assert.ok(page);
      const body = Buffer.from(
        Buffer.from(await lake.raw.read(page))
          .toString()
          .replaceAll('"b"', '"c"'),
      );
      const file = path.join(folder, 'lake', page.key);
      for (const gone of [file, file.replace('.json.zst', '.meta.json')]) await rm(gone);
      await lake.raw.put({ ...page, body });
    },
  });
  const lines = (await openLedger(lake).open())?.lines ?? [];
  const told = lines.map(({ hop, object, problem, unexplained }) => [hop, object, problem, unexplained]);
  assert.deepEqual(told, [['source-raw', 'auth_logs', 'changed', 0]]);
  assert.notEqual(lines[0]?.expected, lines[0]?.found);
});

test('an idle run adds no entry; duplicates and quarantined records have their reasons', async (t) => {
  const { pipeline, give, lake } = await scene(t);
  await pipeline();
  const poison = { ...authDocument('bad'), _source: { ...authDocument('bad')._source, '@timestamp': 'no time' } };
  give([authDocument('a'), authDocument('b'), poison]);
  await pipeline();
  const [entry] = await openLedger(lake).entries(1);
  const lines = entry?.lines.filter(({ hop }) => hop === 'raw-bronze') ?? [];
  const sum = (pick: (line: (typeof lines)[number]) => number) => lines.reduce((n, line) => n + pick(line), 0);
  assert.deepEqual([sum(({ from }) => from), sum(({ to }) => to)], [3, 1]);
  assert.equal(
    sum(({ reasons }) => reasons.quarantined ?? 0),
    1,
  );
  assert.equal(
    sum(({ reasons }) => reasons.duplicate ?? 0),
    1,
  );
  assert.equal(entry?.balanced, true);
});

test('a full recount finds what was taken from rows that were balanced long ago; the copy is compared with its release', async (t) => {
  const { pipeline, give, lake, run, config, rewrite, remember, tables, folder, events, alerts } = await scene(t);
  await pipeline();
  give([authDocument('a'), authDocument('b')]);
  await pipeline();
  assert.equal((await verifyLedger(run, config)).balanced, true);
  const serving = createServing({
    ...{ tables: {}, folder: path.join(folder, 'serving'), memoryLimit: '200MB', timeoutMs: 10_000 },
  });
  t.after(() => serving.close());
  const [first, second] = [await lake.releases.get(1), await lake.releases.get(2)];
  assert.ok(first && second);
  await serving.build(lake, first);
  const served = { ...run, serving };
  assert.equal((await servedLines(served, first, [{ name: 'fact_auth_event' }]))[0]?.problem, null);
  const differs = { code: 'COPY_DIFFERS' };
  await assert.rejects(checkServed(served, second), differs);
  // A copy that calls itself the second and holds the rows of the first.
  await serving.build(lake, { ...second, tables: first.tables });
  await assert.rejects(checkServed(served, second), differs);
  assert.equal(serving.serving(lake.tenant)?.number, 1, 'the one before answers again');
  // One whose rows are those of the second, with their instants an hour off.
  const restore = await remember('fact_auth_event');
  await rewrite(
    'fact_auth_event',
    (rows) => `select * replace (occurred_at + interval 1 hour as occurred_at) from ${rows}`,
  )();
  const shifted = (await tables.get('fact_auth_event')?.version()) ?? -1;
  await serving.build(lake, { ...second, tables: { ...second.tables, fact_auth_event: shifted } });
  // A run that changed nothing compares again what differed.
  await assert.rejects(checkServed(served, second), differs);
  await restore();
  const store = openLedger(lake);
  const held = await store.openServed();
  assert.deepEqual(
    held?.lines.map(({ object, date, problem }) => `${object} ${date} ${problem}`),
    ['fact_auth_event 2025-12-31 changed'],
  );
  const spoiled = await summarizeLedger(lake);
  assert.deepEqual([spoiled.balanced, spoiled.open?.lines.length, spoiled.runs[0]?.balanced], [false, 1, false]);
  assert.equal(alerts().length, 1, 'told once');
  await serving.build(lake, second);
  await checkServed(served, second);
  assert.equal(serving.serving(lake.tenant)?.number, 2);
  assert.equal(await store.openServed(), undefined);
  assert.equal(events.filter(({ event }) => event === 'ledger.balanced').length, 1);
  const [entry] = await store.entries(1);
  const mended = entry?.lines.filter(({ hop, object }) => hop === 'gold-served' && object === 'fact_auth_event') ?? [];
  assert.deepEqual(
    mended.map(({ object, date, problem }) => [object, date, problem]),
    [['fact_auth_event', '2025-12-31', null]],
  );
  assert.equal(entry?.balanced, true);
  const one = await readObjectLines(lake, entry?.run ?? '', 'fact_auth_event');
  assert.deepEqual(one.lines.map(({ hop, date }) => `${hop} ${date}`).sort(), [
    'gold-served 2025-12-31',
    'silver-gold 2025-12-31',
  ]);
  assert.ok(one.lines.every(({ expected, found }) => expected === found && expected !== '0.0'));
  await assert.rejects(readObjectLines(lake, entry?.run ?? '', 'nope'), { code: 'LEDGER_LINE_UNKNOWN' });
  await assert.rejects(readObjectLines(lake, 'nope', 'fact_auth_event'), { code: 'LEDGER_LINE_UNKNOWN' });

  await rewrite('elasticsearch__auth_logs', (rows) => `select * from ${rows} where id <> 'a'`)();
  const lines = (await verifyLedger(run, config)).lines.filter(({ problem }) => problem !== null);
  assert.ok(
    lines.some(
      ({ hop, object, problem }) => `${hop} ${object} ${problem}` === 'bronze-silver elastic_auth_events doubled',
    ),
  );
  const told = await summarizeLedger(lake);
  assert.deepEqual([told.balanced, told.runs.length, told.open], [true, 2, null]);
});
