// The whole path on a world of others' recordings: stand-ins over HTTP, sync, transforms, release, serving copy, and Cube's answers from it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixedClock, type SourceName, type Tenant } from '@tessera/base';
import { createVendors, demoTenantConfig, noFaults, type TenantWorld } from '@tessera/demo';
import { bronzeTable, connectors, createWeb, thisMachine } from '@tessera/ingest';
import {
  createEngine,
  createFolderStore,
  createServing,
  openTenantLake,
  type Quarantined,
  type Row,
} from '@tessera/lakehouse';
import { createCubeDriver, TesseraDuckDbQuery } from '@tessera/lakehouse/cube';
import {
  parseTenantConfig,
  type RunNeeds,
  runName,
  runTenant,
  type SourceOutcome,
  syncTenant,
  type TenantConfig,
} from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';
import { goldTables } from '@tessera/transforms/gold-meta';
import { type Served, serveTenants } from '../cube/served-tenants.ts';

export interface WholePath {
  /** Serves the world's sources, runs the pipeline as of `asOf`, and serves the release. Wants no failed stream. */
  run(world: TenantWorld, asOf: Date, sources: readonly SourceName[]): Promise<TenantRun>;
  /** The same down to bronze only. */
  sync(world: TenantWorld, asOf: Date, sources: readonly SourceName[]): Promise<TenantRun>;
  /** Cube's answer about a tenant of test/cube that has been run. */
  load(tenant: Tenant, query: object): Promise<readonly Readonly<Record<string, string | null>>[]>;
  close(): Promise<void>;
}
export interface TenantRun {
  /** Rows of a stream in bronze, by a select over `bronze`. */
  bronze(source: SourceName, stream: string, select: string): Promise<readonly Row[]>;
  /** A select on the serving copy. */
  gold(sql: string): Promise<readonly Row[]>;
  quarantined(): Promise<readonly Quarantined[]>;
  /** Requests beyond the vendors' limits. */
  violations(): number;
}

const servedTables = Object.fromEntries(
  Object.entries(goldTables).map(([name, { columns }]) => [
    name,
    { columns: Object.fromEntries(Object.entries(columns).map(([column, { type }]) => [column, type])) },
  ]),
);

export async function openWholePath(): Promise<WholePath> {
  const folder = await mkdtemp(path.join(tmpdir(), 'real-input-'));
  const store = createFolderStore(path.join(folder, 'lake'));
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  const serving = createServing({ folder: path.join(folder, 'serving'), tables: servedTables });
  const models = await loadProject();
  let served: Promise<Served> | undefined;
  /** The newest release of each tenant, and the one that Cube has been told of. */
  const released = new Map<Tenant, number>();
  const told = new Map<Tenant, number>();

  /** Serves the world's sources while `work` asks them, and gives what it left behind. */
  const ask = async (
    world: TenantWorld,
    asOf: Date,
    sources: readonly SourceName[],
    work: (needs: RunNeeds, config: TenantConfig) => Promise<readonly SourceOutcome[]>,
  ): Promise<TenantRun> => {
    const { tenant } = world;
    const clock = fixedClock(asOf);
    const mistakes: unknown[] = [];
    const vendors = createVendors(
      { seed: 1, asOf, tenants: [world] },
      { now: clock, faults: noFaults, limits: 'demo', onError: (error) => mistakes.push(error) },
    );
    const server = createServer((request, response) => {
      if (!vendors.handle(request, response)) response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const whole = demoTenantConfig(origin, world, vendors.credentials(tenant));
    const connections = whole.connections.filter(({ source }) => sources.includes(source));
    const lake = openTenantLake(store, engine, tenant, clock);
    const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    const needs = {
      lake,
      engine,
      connectors,
      web: createWeb({ networks: thisMachine }),
      env: {},
      now: clock,
      sleep,
      observe: () => {},
    };
    try {
      const outcomes = await work(
        { ...needs, serving, models },
        parseTenantConfig({ ...whole, connections }, 'the test'),
      );
      assert.deepEqual(mistakes, [], 'the stand-ins made no mistake');
      const failed = outcomes.flatMap(({ report }) => report.failed);
      assert.deepEqual(
        failed.map(({ stream, fault }) => `${stream}: ${fault.message}`),
        [],
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
    return {
      async bronze(source, name, select) {
        const stream = connectors.find((one) => one.source === source)?.streams.find((one) => one.name === name);
        assert.ok(stream, `${source} has a stream ${name}`);
        const { sql } = await bronzeTable(lake, source, stream).scan();
        return engine.query(`with bronze as (${sql}) ${select}`);
      },
      gold: (sql) => serving.query(tenant, sql),
      quarantined: () => lake.quarantine.list(),
      violations: () => Object.values(vendors.violations()).reduce((sum, n) => sum + n, 0),
    };
  };

  return {
    run: (world, asOf, sources) =>
      ask(world, asOf, sources, async (needs, config) => {
        const outcome = await runTenant(needs, config);
        released.set(world.tenant, outcome.release.number);
        return outcome.sources;
      }),
    sync: (world, asOf, sources) =>
      ask(world, asOf, sources, (needs, config) => syncTenant(needs, config, runName(asOf))),

    async load(tenant, query) {
      served ??= serveTenants({
        driverFor: (of, release) => createCubeDriver(serving, of, release),
        dialect: TesseraDuckDbQuery,
      });
      const cube = await served;
      for (let known = told.get(tenant) ?? 1; known < (released.get(tenant) ?? 1); known++) {
        cube.publish(tenant);
        told.set(tenant, known + 1);
      }
      const { status, body } = await cube.ask(tenant, '/cubejs-api/v1/load', { query });
      assert.equal(status, 200, JSON.stringify(body));
      return body.data;
    },

    async close() {
      if (served) await (await served).close();
      serving.close();
      engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
