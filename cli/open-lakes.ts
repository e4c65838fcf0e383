// The store and the engine that every command shares.
import path from 'node:path';
import type { Settings, Tenant } from '@tessera/base';
import {
  createEngine,
  type Engine,
  type ObjectStore,
  openObjectStore,
  openTenantLake,
  sweepOpened,
  type TenantLake,
} from '@tessera/lakehouse';
import { type Keys, openKeys } from './wire-keys.ts';

export interface Lakes {
  readonly engine: Engine;
  readonly keys: Keys;
  readonly store: ObjectStore;
  /** One handle a tenant: handles share what they know of their tables. */
  openLake(tenant: Tenant): TenantLake;
  close(): void;
}

export async function openLakes(
  settings: Pick<Settings, 'home' | 'lake' | 'duckdbMemory' | 'kmsKey' | 'seal'>,
): Promise<Lakes> {
  const keys = openKeys(settings);
  await sweepOpened(path.join(settings.home, 'scratch'));
  const store = openObjectStore(settings.lake ?? path.join(settings.home, 'lake'), {
    cacheFolder: path.join(settings.home, 'cache'),
  });
  const engine = await createEngine({
    memoryLimit: settings.duckdbMemory,
    scratch: path.join(settings.home, 'scratch'),
  });
  const open = new Map<Tenant, TenantLake>();
  return {
    engine,
    keys,
    store,
    openLake(tenant) {
      const lake = open.get(tenant) ?? openTenantLake(store, engine, tenant, undefined, keys.sealingOf(tenant));
      open.set(tenant, lake);
      return lake;
    },
    close: () => engine.close(),
  };
}
