// The demo's past: Intune and Jamf only tell how devices are now, so their history is made as it is in life, by syncing week after week.
import type { SourceName, Tenant } from '@tessera/base';
import type { TenantLake } from '@tessera/lakehouse';
import { runName, type SyncTenantNeeds, syncTenant, type TenantConfig } from '@tessera/pipeline';

const weekMs = 7 * 86_400_000;
const weeks = 25;
const withoutHistory: readonly SourceName[] = ['intune', 'jamf'];

export interface PlayNeeds extends Omit<SyncTenantNeeds, 'lake'> {
  readonly openLake: (tenant: Tenant) => TenantLake;
  /** Moves the vendors' clock and ours. */
  readonly setClock: (instant: Date) => Promise<void>;
}

/** Syncs the listings of both systems at asOf - 7k days, k = 25 … 1, and leaves the clock at asOf. */
export async function playHistory(needs: PlayNeeds, configs: readonly TenantConfig[], asOf: Date): Promise<void> {
  for (let week = weeks; week >= 1; week -= 1) {
    const instant = new Date(asOf.getTime() - week * weekMs);
    await needs.setClock(instant);
    await Promise.all(
      configs.map((config) =>
        syncTenant(
          { ...needs, lake: needs.openLake(config.tenant) },
          config,
          runName(instant),
          (source, stream) => withoutHistory.includes(source) && stream.mode === 'snapshot',
        ),
      ),
    );
  }
  await needs.setClock(asOf);
}
