// What commands of the pipeline work with: the tenants of this home (or of the demo that runs on it), their lakes, and a run's needs without a serving copy.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type Clock,
  Fault,
  fixedClock,
  must,
  type Observe,
  observeNothing,
  parseTenant,
  readSettings,
  type Settings,
  systemClock,
  type Tenant,
} from '@tessera/base';
import { connectors, createWeb, thisMachine } from '@tessera/ingest';
import type { TenantLake } from '@tessera/lakehouse';
import {
  heldFault,
  leaseTtlMs,
  parseTenantConfig,
  type RunNeeds,
  readTenantConfigs,
  type TenantConfig,
  withLease,
} from '@tessera/pipeline';
import { loadProject } from '@tessera/transforms';
import { type Lakes, openLakes } from './open-lakes.ts';
import { demoPipelineFile } from './wire-pipeline.ts';

export interface OpenPipeline {
  readonly settings: Settings;
  readonly lakes: Lakes;
  readonly configs: readonly TenantConfig[];
  /** The data's time: the demo's stands still. */
  readonly now: Clock;
  /** The tenant's configuration, or TENANT_NOT_CONFIGURED. */
  configOf(tenant: Tenant): TenantConfig;
  needsOf(tenant: Tenant, observe?: Observe): Promise<RunNeeds>;
}

/** Opens it for the work and closes it again. */
export async function withPipeline<T>(work: (pipeline: OpenPipeline) => Promise<T>): Promise<T> {
  const settings = readSettings(process.env);
  const { configs, demo } = await readConfigs(settings.home);
  const lakes = await openLakes(settings);
  try {
    const configOf = (tenant: Tenant) => {
      const config = configs.find((candidate) => candidate.tenant === tenant);
      if (config === undefined) throw new Fault('TENANT_NOT_CONFIGURED', { tenant });
      return config;
    };
    const now = demo ? fixedClock(demo.asOf) : systemClock;
    return await work({
      now,
      settings,
      lakes,
      configs,
      configOf,
      needsOf: async (tenant, observe = observeNothing) => {
        // KEY_ERASED before anything of a tenant that is no more is written anew.
        await lakes.keys.maskKeyOf(tenant);
        return {
          lake: lakes.openLake(tenant),
          engine: lakes.engine,
          connectors,
          web: createWeb({ networks: demo ? thisMachine : settings.vendorNetworks }),
          env: process.env,
          secretOf: lakes.keys.secretOf,
          now,
          sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          observe,
          // The server that answers queries builds the copy that it serves, at its next turn.
          serving: { build: async () => {} },
          models: await loadProject(),
          upkeep: settings,
        };
      },
    });
  } finally {
    lakes.close();
  }
}

export const cliLease = { holder: `tessera (process ${process.pid})`, ttlMs: leaseTtlMs };

/** Works as the tenant's only worker; LEASE_HELD where another program runs it. */
export async function underLease<T>(lake: TenantLake, work: () => Promise<T>): Promise<T> {
  const done = await withLease(lake, cliLease, work);
  if (done === undefined) throw heldFault(lake, await lake.leases.newest());
  return done.value;
}

export const tenantOption = (value: string): Tenant => must(parseTenant(value));

/** The tenants of this home, or of the demo that runs on it. */
export async function readConfigs(home: string) {
  const configured = await readTenantConfigs(path.join(home, 'tenants'));
  const demo = configured.length > 0 ? undefined : await readDemo(home);
  return { configs: demo?.configs ?? configured, demo };
}

async function readDemo(home: string) {
  const text = await readFile(demoPipelineFile(home), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { asOf, tenants } = JSON.parse(text) as { readonly asOf: string; readonly tenants: readonly unknown[] };
  return { asOf, configs: tenants.map((tenant) => parseTenantConfig(tenant, 'demo')) };
}
