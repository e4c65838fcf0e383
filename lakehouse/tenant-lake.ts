// All of one tenant's lake. Every key below is made from the tenant that the lake was opened for, and no method takes another.
import type { Layer, Tenant } from '@tessera/base';
import type { Engine, ObjectStore, TableName, TenantLake } from './contract.ts';
import { newTableState, openDeltaTable, type TableState } from './delta-table.ts';
import { tableRoot } from './keys.ts';
import { openQuarantine } from './quarantine.ts';
import { openRawPages } from './raw-pages.ts';
import { openReleases } from './releases.ts';

/** Opens a tenant's lake; nothing is read until it is used. Handles of one table share what they know of its log. */
export function openTenantLake(
  store: ObjectStore,
  engine: Engine,
  tenant: Tenant,
  now: () => Date = () => new Date(),
): TenantLake {
  const states = new Map<string, TableState>();
  const stateOf = (layer: Layer, name: TableName): TableState => {
    const id = `${layer}/${name}`;
    const known = states.get(id) ?? newTableState();
    states.set(id, known);
    return known;
  };
  return {
    tenant,
    table: (layer, name, options) =>
      openDeltaTable(
        { table: `${layer}/${name}`, root: tableRoot(tenant, layer, name), store, engine, now },
        name,
        options,
        stateOf(layer, name),
      ),
    raw: openRawPages(store, tenant),
    releases: openReleases(store, tenant),
    quarantine: openQuarantine(store, tenant),
  };
}
