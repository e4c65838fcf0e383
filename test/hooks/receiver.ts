// A tenant (of one Okta, where nothing else is said) with everything between a hook and an answer: the door over HTTP, the lake, the pipeline's turns and a serving copy. For the tests of hooks.
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixedClock, type SourceName, type Tenant, type TesseraEvent } from '@tessera/base';
import { createVendors, demoTenantConfig, noFaults, type TenantWorld } from '@tessera/demo';
import { bronzeTable, connectors, createWeb, thisMachine } from '@tessera/ingest';
import { createServing, type Row } from '@tessera/lakehouse';
import { createTurnQueue, parseTenantConfig } from '@tessera/pipeline';
import { mountHooks } from '@tessera/platform';
import { loadProject } from '@tessera/transforms';
import express from 'express';
import { openHooks } from '../../cli/hook-registry.ts';
import { openLakes } from '../../cli/open-lakes.ts';
import { wireHooks } from '../../cli/wire-hooks.ts';
import { servedTables } from '../../cli/wire-keys.ts';
import { wirePipeline } from '../../cli/wire-pipeline.ts';
import { asOf, smallWorld } from '../vendors/small-world.ts';

export const newHome = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'tessera-hooks-'));

/** Opens it on a home, which a receiver before may have used. Nothing runs before it is asked to. */
export async function openReceiver(
  home: string,
  world: TenantWorld = smallWorld(),
  sources: readonly SourceName[] = ['okta'],
) {
  const { tenant } = world;
  const clock = fixedClock(asOf);
  const events: TesseraEvent[] = [];
  const observe = (event: TesseraEvent) => void events.push(event);
  const lakes = await openLakes({ home, lake: undefined, duckdbMemory: '512MB', kmsKey: undefined, seal: 'on' });
  const lake = lakes.openLake(tenant);
  const vendors = createVendors(
    { seed: 1, asOf: new Date(asOf), tenants: [world] },
    { now: clock, faults: noFaults, limits: 'demo' },
  );
  const asked: string[] = [];
  let isRefusing = false;
  const okta = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (isRefusing) response.writeHead(401).end();
    else if (!vendors.handle(request, response)) response.writeHead(404).end();
  });
  const oktaUrl = await listen(okta);
  const whole = demoTenantConfig(oktaUrl, world, vendors.credentials(tenant));
  const connections = whole.connections.filter(({ source }) => sources.includes(source));
  const config = parseTenantConfig({ ...whole, connections }, 'the test');
  const serving = createServing({
    folder: path.join(home, 'serving'),
    tables: servedTables,
    maskKeyOf: lakes.keys.maskKeyOf,
  });
  const pipeline = wirePipeline({
    settings: { home, pipelineEverySeconds: 900, pipelineAtOnce: 2, pipelinePages: 500 },
    lakes,
    configs: [config],
    needs: {
      ...{ engine: lakes.engine, connectors, web: createWeb({ networks: thisMachine }), env: {}, now: clock, observe },
      ...{ serving, secretOf: lakes.keys.secretOf, models: await loadProject() },
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    webOf: () => undefined,
    mayRun: async () => {},
    whenRan: async () => {},
  });
  const turns: string[] = [];
  const queue = createTurnQueue(async (of, sources) => {
    turns.push(sources.join());
    return pipeline.turn(of, sources).catch(() => 'done' as const);
  }, 2);
  let isAwake = true;
  let ticks = 0;
  const hooks = wireHooks({
    ...{ lakes, configs: [config], clock, observe, ticks: () => ticks },
    runArrived: async (of: Tenant) => (isAwake ? queue.request(of, []) : undefined),
  });
  const app = express();
  mountHooks(app, hooks.door);
  const server = createServer(app);
  const url = await listen(server);
  const registry = openHooks(lakes.keys.secrets, clock);
  const streamOf = (source: SourceName, name: string) => {
    const stream = connectors
      .find((one) => one.source === source)
      ?.streams.find((candidate) => candidate.name === name);
    if (stream === undefined) throw new Error(`${source} has no stream ${name}`);
    return stream;
  };

  return {
    ...{ tenant, clock, events, lakes, lake, world, registry, turns, asked, serving, pipeline },
    urlOf: (hook: string, source: SourceName = 'okta') => `${url}/api/v1/hooks/${source}/${hook}`,
    /** The hooks wake nobody until it is called again. */
    sleep(is: boolean) {
      isAwake = !is;
    },
    /** Every vendor answers 401 until it is called again. */
    refuse(is: boolean) {
      isRefusing = is;
    },
    /** For the quota time passes only here. */
    pass(ms: number) {
      ticks += ms;
    },
    runArrived: () => queue.request(tenant, []),
    poll: () => queue.request(tenant, sources),
    async bronze(select: string, source: SourceName = 'okta', name = 'log'): Promise<readonly Row[]> {
      const { sql } = await bronzeTable(lake, source, streamOf(source, name)).scan();
      return lakes.engine.query(`with bronze as (${sql}) ${select}`);
    },
    gold: (sql: string) => serving.query(tenant, sql),
    async close() {
      hooks.waker.stop();
      await queue.stop();
      for (const one of [server, okta]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      await serving.close();
      await lakes.close();
    },
  };
}
export type Receiver = Awaited<ReturnType<typeof openReceiver>>;

const listen = async (server: ReturnType<typeof createServer>): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
