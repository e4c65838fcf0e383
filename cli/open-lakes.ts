// The store and the engine that every command shares.
import path from 'node:path';
import type { Settings, Tenant } from '@tessera/base';
import { createEngine, createFolderStore, type Engine, openTenantLake, type TenantLake } from '@tessera/lakehouse';

export interface Lakes {
  readonly engine: Engine;
  /** One handle a tenant: handles share what they know of their tables. */
  openLake(tenant: Tenant): TenantLake;
  close(): void;
}

export async function openLakes(settings: Pick<Settings, 'home' | 'duckdbMemory'>): Promise<Lakes> {
  const store = createFolderStore(path.join(settings.home, 'lake'));
  const engine = await createEngine({
    memoryLimit: settings.duckdbMemory,
    scratch: path.join(settings.home, 'scratch'),
  });
  const open = new Map<Tenant, TenantLake>();
  return {
    engine,
    openLake(tenant) {
      const lake = open.get(tenant) ?? openTenantLake(store, engine, tenant);
      open.set(tenant, lake);
      return lake;
    },
    close: () => engine.close(),
  };
}
