// What a tenant is promised of a source's freshness, and whether its schedule can keep that at all.
import type { SourceName } from '@tessera/base';
import { nextAfter } from '../rhythm.ts';
import { duesOf } from '../scheduler.ts';
import type { TenantConfig } from '../tenant-config.ts';

const minute = 60_000;

/** The connection's own target, or the tenant's. */
export const targetMsOf = (config: TenantConfig, source: SourceName): number =>
  (config.connections.find((one) => one.source === source)?.freshnessMinutes ?? config.freshnessMinutes) * minute;

/** A schedule is looked at for a week and this many times; one that is too sparse shows earlier. */
const mostTimes = 3000;

/** False where two times of the source's schedule within a week are further apart than its target: no run can then keep it. */
export function isFeasible(config: TenantConfig, source: SourceName, everyMs: number, at: number): boolean {
  const rhythm = duesOf(config, everyMs).find(({ sources }) => sources.includes(source))?.rhythm;
  if (rhythm === undefined) return false;
  const target = targetMsOf(config, source);
  if ('everyMs' in rhythm) return rhythm.everyMs <= target;
  let before = nextAfter(rhythm, at);
  const end = before + 7 * 86_400_000;
  for (let n = 0; before < end && n < mostTimes; n++) {
    const next = nextAfter(rhythm, before);
    if (next - before > target) return false;
    before = next;
  }
  return true;
}
