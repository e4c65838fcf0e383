// What every part of the truth stands on: the facts of one tenant, its days and its as-of instant.
import type { Facts } from '../facts.ts';
import type { TenantWorld } from '../world.ts';
import { dayMs, type Zone, zoneOf } from '../zone.ts';

export interface Ground {
  readonly facts: Facts;
  readonly zone: Zone;
  readonly asOf: number;
  /** Local day that holds asOf. */
  readonly today: number;
  /** Instant at which a local day is over as far as we know. */
  endOf(day: number): number;
  /** Instants at which devices were listed, oldest first. */
  readonly syncs: readonly number[];
}

export const weeklySyncs = 26;

export function groundOf(world: TenantWorld, asOf: number): Ground {
  if (!world.facts) throw new RangeError(`The world of ${world.tenant} was made by hand and has no facts.`);
  const zone = zoneOf(world.timeZone, asOf - 400 * dayMs, asOf + 4 * dayMs);
  return {
    facts: world.facts,
    zone,
    asOf,
    today: zone.dayOf(asOf),
    endOf: (day) => Math.min(zone.instant(day + 1), asOf),
    syncs: Array.from({ length: weeklySyncs }, (_, i) => asOf - 7 * (weeklySyncs - 1 - i) * dayMs),
  };
}
