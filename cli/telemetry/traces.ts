// One trace a run, from each page to the release: run → stages, sources → streams → tasks → pages. Made of events, so that no room knows of it.
import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';
import type { Observe, SourceName, Tenant, TesseraEvent } from '@tessera/base';
import { traceIdOf } from './json-log.ts';

export interface Traces {
  readonly observe: Observe;
  /** Sends what is waiting. */
  close(): Promise<void>;
}
/** Pages of one fetch that get a span each; the others are counted on the fetch. */
const mostPages = 500;

interface Open {
  readonly span: Span;
  readonly context: Context;
}
interface RunSpans extends Open {
  readonly sources: Map<string, Open & { last: number }>;
  readonly streams: Map<string, Open & { last: number }>;
  readonly fetches: Map<string, Open & { pages: number; last: number }>;
}

/** Endpoint, headers, sampling and queue sizes come from the OTEL_… variables, as OpenTelemetry documents them. */
export function createTraces(now: () => number = Date.now): Traces {
  let nextTrace: string | undefined;
  const random = new RandomIdGenerator();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'tessera' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
    idGenerator: {
      generateTraceId: () => nextTrace ?? random.generateTraceId(),
      generateSpanId: () => random.generateSpanId(),
    },
  });
  const tracer = provider.getTracer('tessera');
  const runs = new Map<Tenant, RunSpans>();
  /** The trace that made what a tenant is served. */
  const served = new Map<Tenant, Span>();

  const begin = (
    name: string,
    parent: Context,
    startTime: number,
    attributes: Record<string, string | number>,
  ): Open => {
    const span = tracer.startSpan(name, { startTime, attributes }, parent);
    return { span, context: trace.setSpan(ROOT_CONTEXT, span) };
  };
  const beginRun = (tenant: Tenant, run: string, at: number) => {
    nextTrace = traceIdOf(tenant, run);
    const open = begin('run', ROOT_CONTEXT, at, { 'tessera.tenant': tenant, 'tessera.run': run });
    nextTrace = undefined;
    runs.set(tenant, { ...open, sources: new Map(), streams: new Map(), fetches: new Map() });
  };
  const endRun = (tenant: Tenant, at: number, failed?: { readonly code: string; readonly stage: string }) => {
    const run = runs.get(tenant);
    runs.delete(tenant);
    if (run === undefined) return;
    for (const { span } of run.fetches.values()) span.end(at);
    for (const { span, last } of [...run.streams.values(), ...run.sources.values()]) span.end(last);
    if (failed) run.span.setStatus({ code: SpanStatusCode.ERROR, message: `${failed.stage}: ${failed.code}` });
    run.span.end(at);
  };
  const sourceOf = (run: RunSpans, source: SourceName, at: number) => {
    const known = run.sources.get(source);
    const open = known ?? { ...begin('source', run.context, at, { 'tessera.source': source }), last: at };
    run.sources.set(source, open);
    open.last = at;
    return open;
  };
  const streamOf = (run: RunSpans, source: SourceName, stream: string, at: number) => {
    const parent = sourceOf(run, source, at);
    const key = `${source} ${stream}`;
    const about = { 'tessera.source': source, 'tessera.stream': stream };
    const open = run.streams.get(key) ?? { ...begin('stream', parent.context, at, about), last: at };
    run.streams.set(key, open);
    open.last = at;
    return open;
  };
  const tasks = new Map<string, Open>();

  type Readers = { readonly [E in TesseraEvent as E['event']]?: (event: E, at: number) => void };
  const readers: Readers = {
    'run.started': ({ tenant, run }, at) => beginRun(tenant, run, at),
    'run.ended': ({ tenant, release }, at) => {
      const run = runs.get(tenant);
      run?.span.setAttribute('tessera.release', release);
      if (run !== undefined && !served.has(tenant)) served.set(tenant, run.span);
      endRun(tenant, at);
    },
    'run.failed': ({ tenant, code, stage }, at) => endRun(tenant, at, { code, stage }),
    'stage.ended': ({ tenant, stage, ms }, at) => {
      const run = runs.get(tenant);
      if (run) begin(`stage ${stage}`, run.context, at - ms, {}).span.end(at);
    },
    'model.built': ({ tenant, model, rows, version, ms }, at) => {
      const run = runs.get(tenant);
      const about = { 'tessera.model': model, 'tessera.rows': rows, 'tessera.version': version };
      if (run) begin('model', run.context, at - ms, about).span.end(at);
    },
    'release.published': ({ tenant, release }, at) => {
      const run = runs.get(tenant);
      if (run === undefined) return;
      begin('release', run.context, at, { 'tessera.release': release }).span.end(at);
      served.set(tenant, run.span);
    },
    'query.answered': ({ tenant, ms, cached }, at) => {
      const made = served.get(tenant);
      const links = made === undefined ? [] : [{ context: made.spanContext() }];
      const attributes = { 'tessera.tenant': tenant, 'tessera.cached': cached };
      tracer.startSpan('query', { startTime: at - ms, attributes, links }, ROOT_CONTEXT).end(at);
    },
    'page.written': ({ tenant, source, stream, records, bytes }, at) => {
      const fetch = runs.get(tenant)?.fetches.get(`${source} ${stream}`);
      if (fetch === undefined) return;
      fetch.pages += 1;
      const about = { 'tessera.records': records, 'tessera.bytes': bytes, 'tessera.page': fetch.pages };
      if (fetch.pages <= mostPages) begin('page', fetch.context, fetch.last, about).span.end(at);
      fetch.last = at;
    },
    'page.retried': ({ tenant, source, stream, attempt, waitMs, code }, at) => {
      const fetch = runs.get(tenant)?.fetches.get(`${source} ${stream}`);
      fetch?.span.addEvent('retry', { attempt, 'wait.ms': waitMs, code }, at);
    },
  };
  const taskStarted = ({ tenant, task, source, stream }: TaskEvent, at: number) => {
    const run = runs.get(tenant);
    if (run === undefined) return;
    const parent = stream === undefined ? sourceOf(run, source, at) : streamOf(run, source, stream, at);
    const open = begin(task, parent.context, at, {});
    if (task === 'fetch') run.fetches.set(`${source} ${stream}`, { ...open, pages: 0, last: at });
    else tasks.set(`${tenant} ${task} ${source} ${stream}`, open);
  };
  const taskEnded = ({ tenant, task, source, stream, code }: TaskEvent, at: number) => {
    const run = runs.get(tenant);
    const key = `${tenant} ${task} ${source} ${stream}`;
    const fetch = task === 'fetch' ? run?.fetches.get(`${source} ${stream}`) : undefined;
    const open = fetch ?? tasks.get(key);
    tasks.delete(key);
    if (fetch) {
      fetch.span.setAttribute('tessera.pages', fetch.pages);
      run?.fetches.delete(`${source} ${stream}`);
    }
    if (code !== undefined) open?.span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    open?.span.end(at);
    if (run === undefined) return;
    if (stream === undefined) sourceOf(run, source, at);
    else streamOf(run, source, stream, at);
  };

  return {
    observe(event) {
      const at = now();
      if (event.event === 'task.started') return taskStarted(event, at);
      if (event.event === 'task.ended') return taskEnded(event, at);
      (readers[event.event] as ((event: TesseraEvent, at: number) => void) | undefined)?.(event, at);
    },
    close: () => provider.shutdown(),
  };
}
type TaskEvent = TesseraEvent & { readonly event: 'task.started' | 'task.ended' };
