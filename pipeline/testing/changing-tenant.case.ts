// For tests: a tenant with one source, whose documents each run may change.
import type { TestContext } from 'node:test';
import { must } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import { parseTableName } from '@tessera/lakehouse';
import { loadProject } from '@tessera/transforms';
import {
  authDocument,
  elasticsearchKey,
  healthyElasticsearch,
  searchAnswer,
} from '../../ingest/elasticsearch/healthy-elasticsearch.ts';
import { stubVendor } from '../../ingest/stub-vendor.ts';
import { testLake } from '../../ingest/test-lake.ts';
import { parseTenantConfig, type RunNeeds, runTenant } from '../index.ts';

type Documents = readonly (string | ReturnType<typeof authDocument>)[];

export async function changingTenant(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  let sent: Documents = [];
  const { lake, engine, now, needs, folder, events } = await testLake(t);
  const vendor = await stubVendor(t, (call) =>
    call.path === '/_search'
      ? { body: searchAnswer(sent.map((one) => (typeof one === 'string' ? authDocument(one) : one))) }
      : healthyElasticsearch(call),
  );
  const config = parseTenantConfig(
    {
      tenant: 'acme-corp',
      displayName: 'Acme',
      timeZone: 'Europe/Paris',
      orgId: 'acme-hq',
      connections: [{ source: 'elasticsearch', settings: { url: vendor.url, apiKey: elasticsearchKey, ...settings } }],
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
    ...{ lake, engine, now, folder, events, built, run, config },
    /** What the vendor answers from now on. */
    send(documents: Documents) {
      sent = documents;
    },
    /** A run after the vendor has these documents. */
    async turn(documents: Documents, more: Partial<RunNeeds> = {}) {
      sent = documents;
      now.set(new Date(now().getTime() + 900_000));
      return runTenant({ ...run, ...more }, config, { retryWaitMs: 0 });
    },
    bronze: async () => {
      const { sql } = await lake
        .table('bronze', must(parseTableName('elasticsearch__auth_logs')), { columns: {} })
        .scan();
      return Number((await engine.query(`select count(*) as n from (${sql})`))[0]?.n);
    },
  };
}
