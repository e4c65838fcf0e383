// One trace from page to release at a real OTLP receiver, and logs that no canary secret gets into.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { must, type Observe, parseTenant, type TesseraEvent } from '@tessera/base';
import { connectors } from '@tessera/ingest';
import { parseTenantConfig, runTurn } from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';
import { elasticsearchKey, healthyElasticsearch } from '../../ingest/elasticsearch/healthy-elasticsearch.ts';
import { stubVendor } from '../../ingest/stub-vendor.ts';
import { testLake } from '../../ingest/test-lake.ts';
import { logLines, scrub, traceIdOf } from './json-log.ts';

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly links?: readonly { readonly traceId: string }[];
}

/** Takes what an OTLP exporter sends over HTTP. */
async function collector(t: TestContext): Promise<{ readonly url: string; readonly spans: WireSpan[] }> {
  const spans: WireSpan[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const sent = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[] };
    spans.push(...sent.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans };
}

/** A run of a tenant with two documents at its vendor. */
async function runOnce(t: TestContext, observe: Observe): Promise<{ readonly run: string }> {
  const { lake, engine, now, needs } = await testLake(t);
  const vendor = await stubVendor(t, healthyElasticsearch);
  const config = parseTenantConfig(
    {
      ...{ tenant: 'acme-corp', displayName: 'Acme', timeZone: 'Europe/Paris', orgId: 'acme-hq' },
      connections: [{ source: 'elasticsearch', settings: { url: vendor.url, apiKey: elasticsearchKey } }],
    },
    'x',
  );
  const { sleep } = needs('elasticsearch', 'x');
  const run = {
    ...{ lake, engine, connectors, web: vendor.web, env: {}, now, sleep, observe },
    serving: { build: async () => {} },
    models: await loadProject(),
  };
  const turn = await runTurn(run, config, { holder: 'test', ttlMs: 60_000 });
  assert.equal(turn.state, 'ran');
  return { run: turn.state === 'ran' ? turn.outcome.run : '' };
}

test('one trace holds the page, its fetch, stream, source and run, the stages and the release; a query points to it', async (t) => {
  const { url, spans } = await collector(t);
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url;
  t.after(() => delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const { createTraces } = await import('./traces.ts');
  const traces = createTraces();
  const lines: string[] = [];
  const log = logLines((line) => lines.push(line));
  const { run } = await runOnce(t, (event) => {
    traces.observe(event);
    log(event);
  });
  const tenant = must(parseTenant('acme-corp'));
  traces.observe({ event: 'query.answered', tenant, ms: 12, cached: false });
  await traces.close();

  const traceId = traceIdOf(tenant, run);
  const inTrace = spans.filter((span) => span.traceId === traceId);
  const [page] = inTrace.filter(({ name }) => name === 'page');
  const path: string[] = [];
  for (let span = page; span !== undefined; span = inTrace.find(({ spanId }) => spanId === span?.parentSpanId))
    path.push(span.name);
  assert.deepEqual(path, ['page', 'fetch', 'stream', 'source', 'run']);
  const root = inTrace.find(({ name }) => name === 'run');
  for (const name of ['release', 'model', 'stage merge', 'stage reconcile', 'stage notify'])
    assert.ok(
      inTrace.some((span) => span.name === name && span.parentSpanId === root?.spanId),
      name,
    );
  assert.ok(
    inTrace.some(({ name }) => name === 'stage'),
    'the task that stages the pages',
  );
  for (const span of inTrace) {
    assert.ok(BigInt(span.startTimeUnixNano) <= BigInt(span.endTimeUnixNano), span.name);
    assert.ok(
      span === root || inTrace.some(({ spanId }) => spanId === span.parentSpanId),
      `${span.name} has its parent`,
    );
  }
  const query = spans.find(({ name }) => name === 'query');
  assert.notEqual(query?.traceId, traceId);
  assert.equal(query?.links?.[0]?.traceId, traceId);
  const published = lines.find((line) => line.includes('release.published')) ?? '{}';
  assert.equal((JSON.parse(published) as { trace?: string }).trace, traceId, 'log lines name the trace');
});

const canaries: readonly string[] = [
  'Bearer s3cret-canary',
  'SSWS s3cret-canary',
  'eyJhbGciOiJub25lIn0.s3cretcanary.',
  'https://user:s3cret-canary@example.com/x',
  'https://example.com/x?access_token=s3cret-canary&y=1',
  '{"password":"s3cret-canary"}',
  'client_secret=s3cret-canary',
  'apiKey: s3cret-canary',
  's3cret-canary@example.com',
];
for (const canary of canaries) {
  test(`a log line does not hold ${canary.replace(/s3cret-?canary/, '…')}`, () => {
    const lines: string[] = [];
    const log = logLines((line) => lines.push(line));
    const tenant = must(parseTenant('acme-corp'));
    const message = `The vendor answered: ${canary}`;
    const events: readonly TesseraEvent[] = [
      { event: 'run.failed', tenant, run: 'r', stage: 'merge', code: 'INTERNAL', message },
      { event: 'source.failed', tenant, source: 'okta', stream: 'log', code: 'INTERNAL', message },
      { event: 'cube.failed', tenant, problem: message },
    ];
    for (const event of events) log(event);
    assert.equal(lines.length, 3);
    assert.doesNotMatch(lines.join(''), /s3cret-?canary/);
    for (const line of lines) JSON.parse(line);
  });
}

test('what is no secret stays readable', () => {
  for (const text of ['okta log: the cursor at 2026-01-01T00:00:00Z', 'Setting TESSERA_HOME: x. See docs/a.md.'])
    assert.equal(scrub(text), text);
});
