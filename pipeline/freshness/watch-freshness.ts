// Which sources are stale now, from memory: a lake is asked only before a source is called stale, since another program may have run it.
import type { Clock, Observe, SourceName, Tenant } from '@tessera/base';
import type { FreshnessRecord } from '@tessera/lakehouse';
import type { TenantConfig } from '../tenant-config.ts';
import { targetMsOf } from './targets.ts';

export interface StaleSource {
  readonly tenant: Tenant;
  readonly source: SourceName;
  readonly checkedAt: number | null;
}
export interface FreshnessWatch {
  readonly observe: Observe;
  /** Every source that was not successfully asked within its target; one of a tenant whose lake cannot be read is stale. */
  stale(): Promise<readonly StaleSource[]>;
}

export function watchFreshness(
  configs: readonly TenantConfig[],
  read: (tenant: Tenant) => Promise<FreshnessRecord | undefined>,
  now: Clock,
): FreshnessWatch {
  const began = now().getTime();
  const known = new Map<string, number | null>();
  const keyOf = (tenant: Tenant, source: SourceName) => `${tenant} ${source}`;
  const isLate = (config: TenantConfig, source: SourceName) => {
    // A tenant that was never run is given its target for its first run.
    const since = known.get(keyOf(config.tenant, source)) ?? began;
    return now().getTime() - since > targetMsOf(config, source);
  };
  return {
    observe(event) {
      if (event.event === 'source.checked') known.set(keyOf(event.tenant, event.source), event.checkedAt);
    },
    async stale() {
      const found: StaleSource[] = [];
      for (const config of configs) {
        const { tenant } = config;
        const suspects = config.connections.map(({ source }) => source).filter((source) => isLate(config, source));
        if (suspects.length === 0) continue;
        const record = await read(tenant).catch(() => undefined);
        for (const source of suspects) {
          const told = record?.sources[source]?.checkedAt;
          if (told != null) known.set(keyOf(tenant, source), told);
          if (isLate(config, source))
            found.push({ tenant, source, checkedAt: known.get(keyOf(tenant, source)) ?? null });
        }
      }
      return found;
    },
  };
}
