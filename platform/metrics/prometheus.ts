// Metrics as Prometheus reads them, on a port of its own that only this machine reaches: no token guards it, so nobody else may ask.
import { createServer } from 'node:http';
import { listen, type Observe } from '@tessera/base';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { measurementsOf, metrics, tenantLabels } from './measurements.ts';

export interface PrometheusMetrics {
  readonly observe: Observe;
  render(): Promise<string>;
}

const secondsBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

/** `tenants`: how many of them are named. Process memory, CPU and the event loop's lag are with it. */
export function createPrometheusMetrics(tenants: number): PrometheusMetrics {
  const registers = [new Registry()];
  const [register] = registers as [Registry];
  // Ten times a second is enough to see a loop that stands still, and costs a tenth of the library's default.
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: 100 });
  const record = new Map<string, (labels: Record<string, string>, value: number) => void>();
  for (const [name, { kind, labels, about: help }] of Object.entries(metrics)) {
    const options = { name, help, labelNames: [...labels] as string[], registers };
    if (kind === 'histogram') {
      const histogram = new Histogram({ ...options, buckets: secondsBuckets });
      record.set(name, (own, value) => histogram.observe(own, value));
    } else if (kind === 'gauge') {
      const gauge = new Gauge(options);
      record.set(name, (own, value) => gauge.set(own, value));
    } else {
      const counter = new Counter(options);
      record.set(name, (own, value) => counter.inc(own, value));
    }
  }
  const label = tenantLabels(tenants);
  return {
    observe(event) {
      for (const { metric, labels, value } of measurementsOf(event, label)) record.get(metric)?.(labels, value);
    },
    render: () => register.metrics(),
  };
}

/** Answers GET /metrics on 127.0.0.1, to whoever calls it by that name: a page in a browser cannot reach it by another. PORT_TAKEN. */
export async function serveMetrics(
  { render }: Pick<PrometheusMetrics, 'render'>,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const isLocal = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '');
    if (request.method !== 'GET' || request.url !== '/metrics' || !isLocal) {
      response.writeHead(404).end();
      return;
    }
    render().then(
      (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  const used = await listen(server, { host: '127.0.0.1', port }, 'TESSERA_METRICS_PORT');
  return {
    port: used,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
