// The demo's vendors and issuer in a process of their own, so that serving them is in nobody's figures, and a tenant's pipeline against them.
import { createServer } from 'node:net';
import path from 'node:path';
import { type Clock, fixedClock, type Observe, type Tenant } from '@tessera/base';
import { type Demo, startDemo } from '@tessera/cli/demo-process.ts';
import { playHistory } from '@tessera/cli/play-history.ts';
import { connectors, createWeb, type SourceConnector, thisMachine } from '@tessera/ingest';
import { createServing, type Engine, type Serving, type TenantLake } from '@tessera/lakehouse';
import { parseTenantConfig, type RunNeeds, type TenantConfig } from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';
import { goldTables } from '@tessera/transforms/gold-meta';

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The demo for one tenant, its data kept in `home`. */
export async function startVendors(home: string, tenant: Tenant): Promise<Demo & { readonly config: TenantConfig }> {
  const [port, demoPort] = [await freePort(), await freePort()];
  const demo = await startDemo({
    ...process.env,
    TESSERA_HOME: home,
    TESSERA_PORT: String(port),
    TESSERA_DEMO_PORT: String(demoPort),
    TESSERA_DEMO_TENANTS: tenant,
  });
  const [config] = demo.tenants;
  if (config === undefined) throw new Error(`the demo has no ${tenant}`);
  return { ...demo, config: parseTenantConfig(config, 'bench') };
}

/** Gold tables with their columns, as the serving copy wants them. */
export const servedTables = Object.fromEntries(
  Object.entries(goldTables).map(([name, { columns }]) => [
    name,
    { columns: Object.fromEntries(Object.entries(columns).map(([column, { type }]) => [column, type])) },
  ]),
);

export const openServing = (folder: string) =>
  createServing({ tables: servedTables, folder: path.join(folder, 'serving'), timeoutMs: 60_000 });

/** What a pipeline run needs, as the composition root joins it. */
export async function pipelineNeeds(parts: {
  readonly lake: TenantLake;
  readonly engine: Engine;
  readonly serving: Serving;
  readonly now: Clock;
  readonly observe: Observe;
  readonly connectors?: readonly SourceConnector[];
}): Promise<RunNeeds> {
  return {
    connectors,
    ...parts,
    web: createWeb({ networks: thisMachine }),
    env: {},
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    models: await loadProject(),
  };
}

/** The device history that only repeated syncs can give; leaves the clock at the demo's end. */
export async function playDevices(needs: RunNeeds, demo: Demo & { readonly config: TenantConfig }): Promise<void> {
  const clock = fixedClock(demo.asOf);
  const setClock = async (instant: Date) => {
    await demo.setClock(instant);
    clock.set(instant);
  };
  await playHistory({ ...needs, now: clock, openLake: () => needs.lake, setClock }, [demo.config], demo.asOf);
}
