// The demo's past: Intune and Jamf only tell how devices are now, so their history is made as it is in life, by syncing week after week.
import type { SourceName, Tenant } from '@tessera/base';
import type { TenantLake } from '@tessera/lakehouse';
import { runName, type SyncTenantNeeds, syncTenant, type TenantConfig } from '@tessera/pipeline';
import type { Demo } from './demo-process.ts';
import type { Lakes } from './open-lakes.ts';

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

/** A tenant that was never released first gets the weeks of device history that only repeated syncs can give. */
export async function playDemo(
  demo: Demo,
  configs: readonly TenantConfig[],
  needs: Omit<PlayNeeds, 'openLake' | 'setClock'>,
  lakes: Pick<Lakes, 'openLake'>,
  clock: { set(instant: Date): void },
  step: <T>(name: string, work: Promise<T>) => Promise<T>,
): Promise<void> {
  const fresh: TenantConfig[] = [];
  for (const config of configs) if (!(await lakes.openLake(config.tenant).releases.latest())) fresh.push(config);
  if (fresh.length === 0) return;
  const set = async (instant: Date) => {
    await demo.setClock(instant);
    clock.set(instant);
  };
  await step(
    'playing 25 weeks of device syncs',
    playHistory({ ...needs, openLake: lakes.openLake, setClock: set }, fresh, demo.asOf),
  );
}
