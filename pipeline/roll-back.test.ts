// Going back to a release, what runs do meanwhile, and going on: against a vendor whose documents change.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { must } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import { parseTableName } from '@tessera/lakehouse';
import { loadProject } from '@tessera/transforms';
import {
  authDocument,
  elasticsearchKey,
  healthyElasticsearch,
  searchAnswer,
} from '../ingest/elasticsearch/healthy-elasticsearch.ts';
import { stubVendor } from '../ingest/stub-vendor.ts';
import { testLake } from '../ingest/test-lake.ts';
import { parseTenantConfig, resumeReleases, rollBack, runTenant } from './index.ts';

async function scene(t: TestContext) {
  let ids = ['a'];
  const { lake, engine, now, needs, folder } = await testLake(t);
  const vendor = await stubVendor(t, (call) =>
    /_search/.test(call.path) ? { body: searchAnswer(ids.map((id) => authDocument(id))) } : healthyElasticsearch(call),
  );
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
  const built: number[] = [];
  const run = {
    ...{ lake, engine, connectors, web: vendor.web, env: {}, now, sleep, observe },
    serving: { build: async (_: unknown, { number }: { number: number }) => void built.push(number) },
    models: await loadProject(),
  };
  return {
    ...{ lake, engine, now, folder, built, run, config },
    /** A run after the vendor has these documents. */
    async turn(...documents: string[]) {
      ids = documents;
      now.set(new Date(now().getTime() + 900_000));
      return runTenant(run, config);
    },
    bronze: async () => {
      const { sql } = await lake
        .table('bronze', must(parseTableName('elasticsearch__auth_logs')), { columns: {} })
        .scan();
      return Number((await engine.query(`select count(*) as n from (${sql})`))[0]?.n);
    },
  };
}

test('a rollback is a release of its own, holds while runs go on fetching, and ends when it is resumed', async (t) => {
  const lab = await scene(t);
  const first = await lab.turn('a');
  const second = await lab.turn('a', 'b');
  assert.deepEqual([first.release.number, second.release.number], [1, 2]);

  const back = await rollBack(lab.run, 1);
  assert.deepEqual([back.number, back.rolledBackTo, back.tables], [3, 1, first.release.tables]);
  assert.deepEqual([back.rows, back.inputs, back.asOf], [first.release.rows, first.release.inputs, first.release.asOf]);
  assert.equal((await rollBack(lab.run, 1)).number, 3, 'said again it changes nothing');

  const before = await lab.bronze();
  const held = await lab.turn('a', 'b', 'c');
  assert.deepEqual([held.changed, held.release.number], [false, 3]);
  assert.equal(lab.built.at(-1), 3, 'a server that runs serves it with its next turn');
  assert.equal(await lab.bronze(), before + 1, 'what the vendor has is fetched and staged meanwhile');

  const resumed = await resumeReleases(lab.run);
  assert.deepEqual([resumed.number, resumed.rolledBackTo, resumed.tables], [4, undefined, first.release.tables]);
  await assert.rejects(resumeReleases(lab.run), { code: 'RELEASE_NOT_ROLLED_BACK' });
  const after = await lab.turn('a', 'b', 'c');
  assert.deepEqual([after.changed, after.release.number], [true, 5]);
  const rows = (release: typeof after.release) => release.rows.fact_auth_event;
  assert.deepEqual([rows(first.release), rows(second.release), rows(after.release)], [1, 2, 3]);
});

test('there is no going back to what never was, is newest, or has lost a file', async (t) => {
  const lab = await scene(t);
  await assert.rejects(rollBack(lab.run, 1), { code: 'RELEASE_UNKNOWN' });
  await lab.turn('a');
  await lab.turn('a', 'b');
  for (const to of [0, 2, 3, -1, 1.5]) await assert.rejects(rollBack(lab.run, to), { code: 'RELEASE_UNKNOWN' });
  const gold = path.join(lab.folder, 'lake', 'tenant-acme-corp', 'gold', 'dim_tenant');
  for (const name of readdirSync(gold, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.parquet')) rmSync(path.join(gold, name));
  await assert.rejects(rollBack(lab.run, 1), {
    code: 'RELEASE_UNREADABLE',
    params: { tenant: 'acme-corp', release: 1, table: 'dim_tenant' },
  });
  assert.equal((await lab.lake.releases.latest())?.number, 2, 'nothing was published');
});
