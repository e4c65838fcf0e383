// Joins freshness: what a tenant's lake keeps of it, its newest release and its configuration.
import type { Clock, Settings, Tenant } from '@tessera/base';
import { reportFreshness, type TenantConfig, type TenantFreshness } from '@tessera/pipeline';
import type { Lakes } from './open-lakes.ts';

/** Gives a tenant's freshness; undefined for one that is not configured. */
export function freshnessFrom(
  { pipelineEverySeconds }: Pick<Settings, 'pipelineEverySeconds'>,
  lakes: Pick<Lakes, 'openLake'>,
  configs: ReadonlyMap<Tenant, TenantConfig>,
  now: Clock,
): (tenant: Tenant) => Promise<TenantFreshness | undefined> {
  return async (tenant) => {
    const config = configs.get(tenant);
    if (config === undefined) return undefined;
    const lake = lakes.openLake(tenant);
    const [record, release] = await Promise.all([lake.freshness.get('sources'), lake.releases.latest()]);
    return reportFreshness(config, record, release, now(), pipelineEverySeconds * 1000);
  };
}
