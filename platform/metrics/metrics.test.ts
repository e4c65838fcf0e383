// Metrics: real text over HTTP, on this machine alone, and as many series under ten thousand tenants as under ten.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { must, parseTenant, sources, type Tenant, type TesseraEvent } from '@tessera/base';
import { createEmfMetrics } from './emf.ts';
import { createPrometheusMetrics, serveMetrics } from './prometheus.ts';

const tenantOf = (n: number) => must(parseTenant(`tenant-${n}`));

/** What a tenant's day is made of; free texts differ with every tenant. */
const eventsOf = (tenant: Tenant, n: number): readonly TesseraEvent[] => [
  ...sources.flatMap((source): TesseraEvent[] => [
    { event: 'page.written', tenant, source, stream: `s${n}`, records: 2, bytes: 3 },
    { event: 'source.checked', tenant, source, end: 'complete', served: true, checkedAt: n },
    { event: 'page.retried', tenant, source, stream: `s${n}`, attempt: n, waitMs: n, code: 'VENDOR_UNAVAILABLE' },
  ]),
  { event: 'run.ended', tenant, run: `run-${n}`, release: n, changed: true, ms: 5 },
  { event: 'query.answered', tenant, ms: 7, cached: false },
  { event: 'request.refused', tenant, route: `/api/${n}`, code: 'ROUTE_UNKNOWN' },
  { event: 'stage.ended', tenant, run: `run-${n}`, stage: 'merge', ms: n },
];
const seriesIn = (text: string) => text.split('\n').filter((line) => line.startsWith('tessera_')).length;

for (const named of [0, 20]) {
  test(`ten thousand tenants, paths and run names make a bounded number of series (${named} tenants named)`, async () => {
    const metrics = createPrometheusMetrics(named);
    let after100 = 0;
    for (let n = 0; n < 10_000; n++) {
      for (const event of eventsOf(tenantOf(n), n)) metrics.observe(event);
      if (n === 100) after100 = seriesIn(await metrics.render());
    }
    const text = await metrics.render();
    assert.equal(seriesIn(text), after100);
    assert.ok(after100 < 400, `${after100} series`);
    assert.equal(/tenant="tenant-\d+"/.test(text), named > 0);
    assert.doesNotMatch(text, /tenant-9999|run-\d|\/api\//);
    assert.match(text, /tessera_pages_total\{source="okta"\} 10000/);
  });
}

test('/metrics answers on a port of its own, with memory and the loop; to another name or path it is not there', async (t) => {
  const metrics = createPrometheusMetrics(1);
  for (const event of eventsOf(tenantOf(1), 1)) metrics.observe(event);
  const { port, close } = await serveMetrics(metrics, 0);
  t.after(close);
  const ask = (path: string, host = `127.0.0.1:${port}`) =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      request({ port, path, host: '127.0.0.1', headers: { host } }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode, text });
      })
        .on('error', reject)
        .end();
    });
  const { status, text } = await ask('/metrics');
  assert.equal(status, 200);
  assert.match(text, /tessera_source_checked_timestamp_seconds\{source="jira",tenant="tenant-1"\} 0.001/);
  assert.match(text, /process_resident_memory_bytes \d/);
  assert.match(text, /nodejs_eventloop_lag_seconds \d/);
  assert.match(text, /tessera_retry_wait_seconds_count\{source="okta"\} 1/);
  assert.equal((await ask('/')).status, 404);
  assert.equal((await ask('/metrics', 'evil.example')).status, 404, 'a name that somebody else points at us');
});

test('EMF lines hold what the format asks, add counters up, and keep at most 100 values a line', () => {
  const lines: string[] = [];
  const emf = createEmfMetrics(
    (line) => lines.push(line),
    0,
    () => new Date(1234),
  );
  for (let n = 0; n < 150; n++) for (const event of eventsOf(tenantOf(n), n)) emf.observe(event);
  emf.flush();
  emf.flush();
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown> & { _aws: EmfHead });
  for (const line of parsed) {
    const [about] = line._aws.CloudWatchMetrics;
    assert.deepEqual([line._aws.Timestamp, about?.Namespace], [1234, 'Tessera']);
    for (const name of about?.Dimensions[0] ?? []) assert.equal(typeof line[name], 'string');
    const value = line[about?.Metrics[0]?.Name ?? ''];
    assert.ok(typeof value === 'number' || (Array.isArray(value) && value.length <= 100));
  }
  const pages = parsed.filter((line) => line.source === 'okta' && 'tessera_pages_total' in line);
  assert.deepEqual(
    pages.map((line) => line.tessera_pages_total),
    [150],
  );
  const waits = parsed.filter((line) => line.source === 'okta' && 'tessera_retry_wait_seconds' in line);
  assert.equal(waits.flatMap((line) => line.tessera_retry_wait_seconds).length, 150);
});
interface EmfHead {
  readonly Timestamp: number;
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
  }[];
}
