// One tenant's sources side by side: what one of them does wrong is told, and costs the others nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectors } from '@tessera/ingest';
import { elasticsearchKey, healthyElasticsearch } from '../ingest/elasticsearch/healthy-elasticsearch.ts';
import { stubVendor } from '../ingest/stub-vendor.ts';
import { testLake } from '../ingest/test-lake.ts';
import { parseTenantConfig, syncTenant } from './index.ts';

test('a source that refuses us, and one whose secret is gone, do not stop the one that is well', async (t) => {
  const { lake, engine, events, now, needs } = await testLake(t);
  const { sleep, observe } = needs('jira', 'run-1');
  const vendor = await stubVendor(t, (call) =>
    call.path.startsWith('/rest/') ? { status: 401, body: 'Basic s3cret is not good' } : healthyElasticsearch(call),
  );
  const jira = { url: vendor.url, email: 'reader@acme.example', apiToken: 's3cret' };
  const config = parseTenantConfig(
    {
      tenant: 'acme-corp',
      displayName: 'Acme',
      timeZone: 'Europe/Paris',
      orgId: 'acme-hq',
      connections: [
        { source: 'jira', settings: jira },
        { source: 'okta', settings: { url: vendor.url }, secrets: { token: { env: 'GONE' } } },
        { source: 'elasticsearch', settings: { url: vendor.url, apiKey: elasticsearchKey } },
      ],
    },
    'x',
  );
  const run = { lake, engine, connectors, web: vendor.web, env: {}, now, sleep, observe };
  const outcomes = await syncTenant(run, config, 'run-1');

  const failed = outcomes.map(({ source, report }) => [source, report.failed.map(({ fault }) => fault.code)]);
  assert.deepEqual(failed, [
    ['jira', ['VENDOR_REFUSED']],
    ['okta', ['SECRET_MISSING']],
    ['elasticsearch', []],
  ]);
  assert.ok((outcomes[2]?.report.streams[0]?.rows ?? 0) > 0, 'documents landed');
  const told = events.filter(({ event }) => event === 'source.failed');
  assert.equal(told.length, 2);
  assert.doesNotMatch(JSON.stringify([told, outcomes]), /s3cret/);
});
