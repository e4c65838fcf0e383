// Joins what listens: the given sink, metrics, traces and alerts hear every event. What is not switched on is not even loaded.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type Clock, type Observe, type Settings, systemClock } from '@tessera/base';
import {
  createAlerter,
  openAlertStore,
  openChannels,
  readAlertConfig,
  type TenantConfig,
  watchFreshness,
} from '@tessera/pipeline';
import { createEmfMetrics, createPrometheusMetrics, serveMetrics } from '@tessera/platform';
import type { Lakes } from './open-lakes.ts';

export const alertsFile = (settings: Pick<Settings, 'home'>): string => path.join(settings.home, 'alerts.json');

type TelemetrySettings = Pick<Settings, 'home' | 'metrics' | 'metricsPort' | 'metricsTenants'> &
  Partial<Pick<Settings, 'vendorNetworks'>>;
export interface Telemetry {
  readonly observe: Observe;
  /** Port of /metrics, where there is one. */
  readonly metricsPort: number | undefined;
  /** From now on stale sources are alerts; before, nobody knows which there are. */
  watch(configs: readonly TenantConfig[], lakes: Pick<Lakes, 'openLake'>, dataClock: Clock): void;
  close(): Promise<void>;
}

const tickMs = 15_000;
const flushMs = 60_000;
/** A clock that moves otherwise than time does by more than this has jumped. */
const jumpMs = 30_000;

/** ALERTS_INVALID and PORT_TAKEN stop the start. A sink that throws does not stop the others, nor the work. */
export async function startTelemetry(
  settings: TelemetrySettings,
  tell: Observe,
  env: NodeJS.ProcessEnv = process.env,
  /** Beneath which the alerts' state is. */
  alertsHome: string = settings.home,
): Promise<Telemetry> {
  const sinks: Observe[] = [tell];
  const closing: (() => unknown)[] = [];
  const observe: Observe = (event) => {
    for (const sink of sinks) {
      try {
        sink(event);
      } catch {
        // A sink that is broken loses its own line and nothing else.
      }
    }
  };
  const every = (ms: number, work: () => unknown) => {
    const timer = setInterval(work, ms);
    timer.unref();
    closing.push(() => clearInterval(timer));
  };

  let metricsPort: number | undefined;
  if (settings.metrics === 'prometheus') {
    const prometheus = createPrometheusMetrics(settings.metricsTenants);
    const server = await serveMetrics(prometheus, settings.metricsPort);
    metricsPort = server.port;
    sinks.push(prometheus.observe);
    closing.push(() => server.close());
  } else if (settings.metrics === 'emf') {
    const write = (line: string) => process.stderr.write(line);
    const emf = createEmfMetrics(write, settings.metricsTenants, systemClock);
    sinks.push(emf.observe);
    every(flushMs, emf.flush);
    closing.push(emf.flush);
  }
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) {
    const { createTraces } = await import('./telemetry/traces.ts');
    const traces = createTraces();
    sinks.push(traces.observe);
    // A collector that does not answer must not hold up the end.
    closing.push(() => traces.close().catch(() => {}));
  }

  const config = await readAlertConfig(alertsFile(settings));
  let freshness: ReturnType<typeof watchFreshness> | undefined;
  const alerter = await createAlerter({
    config,
    channels: await openChannels(config, alertsFile(settings), env, settings.vendorNetworks),
    store: openAlertStore(alertsHome),
    now: systemClock,
    stale: async () => (await freshness?.stale()) ?? [],
    observe,
  });
  sinks.push(alerter.observe);
  sinks.push((event) => freshness?.observe(event));
  // The next tick tries again what this one could not write.
  const tick = () => alerter.tick().catch(() => {});
  every(tickMs, tick);
  closing.push(tick);
  every(tickMs, jumpsTo(observe));

  return {
    observe,
    metricsPort,
    watch(configs, lakes, dataClock) {
      freshness = watchFreshness(configs, (tenant) => lakes.openLake(tenant).freshness.get('sources'), dataClock);
    },
    async close() {
      for (const one of closing.reverse().splice(0)) await one();
    },
  };
}

/** Compares the clock with time that only goes forward. */
function jumpsTo(observe: Observe): () => void {
  let [wall, steady] = [Date.now(), performance.now()];
  return () => {
    const [nextWall, nextSteady] = [Date.now(), performance.now()];
    const ms = Math.round(nextWall - wall - (nextSteady - steady));
    [wall, steady] = [nextWall, nextSteady];
    if (Math.abs(ms) > jumpMs) observe({ event: 'clock.jumped', ms });
  };
}

export const newSilenceId = (): string => randomUUID().replaceAll('-', '').slice(0, 12);
