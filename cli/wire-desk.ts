// Joins the desk of quarantine and dead letters: by HTTP the same work as by command, under the tenant's lease.
import { Fault, systemClock, type Tenant } from '@tessera/base';
import {
  countParked,
  heldFault,
  leaseTtlMs,
  listParked,
  type RunNeeds,
  type TenantConfig,
  withLease,
} from '@tessera/pipeline';
import { createDesk, type Desk, type DeskNeeds } from '@tessera/platform';
import type { Lakes } from './open-lakes.ts';

/** `needs` is asked when somebody operates: by then everything is joined. */
export function wireDesk(parts: {
  readonly lakes: Pick<Lakes, 'openLake' | 'engine'>;
  readonly configs: readonly TenantConfig[];
  readonly needs: () => Omit<RunNeeds, 'lake'>;
  readonly audit: DeskNeeds['audit'];
}): Desk {
  const { lakes, configs, needs, audit } = parts;
  const byTenant = new Map<Tenant, TenantConfig>(configs.map((config) => [config.tenant, config]));
  const configOf = (tenant: Tenant) => {
    const config = byTenant.get(tenant);
    if (config === undefined) throw new Fault('TENANT_UNKNOWN', {});
    return config;
  };
  return createDesk({
    audit,
    now: systemClock,
    parkedOf: (tenant) => countParked(lakes.openLake(configOf(tenant).tenant), lakes.engine),
    parkedStatesOf: (tenant) => listParked(lakes.openLake(configOf(tenant).tenant), lakes.engine),
    lakeOf: (tenant) => lakes.openLake(configOf(tenant).tenant),
    async operate(tenant, work) {
      const config = configOf(tenant);
      const lake = lakes.openLake(tenant);
      const lease = { holder: `the operator's desk (process ${process.pid})`, ttlMs: leaseTtlMs };
      const done = await withLease(lake, lease, () => work({ ...needs(), lake }, config));
      if (done === undefined) throw heldFault(lake, await lake.leases.newest());
      return done.value;
    },
  });
}
