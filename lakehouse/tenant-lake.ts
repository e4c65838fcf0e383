// All of one tenant's lake. Every key below is made from the tenant that the lake was opened for, and no method takes another.
import type { Layer, Tenant } from '@tessera/base';
import type { Engine, ObjectSealing, ObjectStore, TableName, TenantLake } from './contract.ts';
import { newTableState, openDeltaTable, type TableState } from './delta-table.ts';
import { openDocuments } from './documents.ts';
import { openInbox } from './inbox.ts';
import { tableRoot } from './keys.ts';
import { openLeases } from './leases.ts';
import { hasEnded, thisProcess } from './process-name.ts';
import { openQuarantine } from './quarantine.ts';
import { openRawPages } from './raw-pages.ts';
import { openReleases } from './releases.ts';
import { sealObjects } from './sealed-objects.ts';

/** Opens a tenant's lake; nothing is read until it is used. Handles of one table share what they know of its log. */
export function openTenantLake(
  store: ObjectStore,
  engine: Engine,
  tenant: Tenant,
  now: () => Date = () => new Date(),
  sealing?: ObjectSealing,
): TenantLake {
  const sealed = sealObjects(store, sealing, engine.scratch);
  // Leases are about processes, not about data: they go by the machine's time also where the data's clock stands still.
  const leases = openLeases(store, tenant, {
    now: () => new Date(),
    monotonic: () => performance.now(),
    hasEnded,
    process: thisProcess,
  });
  // Delta and releases commit by putIfAbsent and by nothing else, so a worker that was overtaken is stopped at the last moment.
  const guarded: ObjectStore = {
    ...store,
    async putIfAbsent(key, body) {
      await leases.guard();
      return store.putIfAbsent(key, body);
    },
  };
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
        { table: `${layer}/${name}`, root: tableRoot(tenant, layer, name), store: guarded, engine, now },
        name,
        options,
        stateOf(layer, name),
      ),
    raw: openRawPages(sealed, tenant),
    inbox: openInbox(sealed, store.delete, tenant),
    releases: openReleases(guarded, tenant, leases.fence),
    quarantine: openQuarantine(sealed, tenant),
    deadLetters: openDocuments(store, tenant, 'dead-letter'),
    runs: openDocuments(store, tenant, 'runs'),
    control: openDocuments(store, tenant, 'control'),
    drift: openDocuments(store, tenant, 'drift'),
    ledger: openDocuments(store, tenant, 'ledger'),
    freshness: openDocuments(store, tenant, 'freshness'),
    leases: { take: leases.take, newest: leases.newest },
  };
}
