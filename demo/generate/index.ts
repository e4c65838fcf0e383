// Makes the demo's world: the same seed and day give the same bytes.
import type { World } from '../world.ts';
import { profiles } from './profile.ts';
import { makeTenant } from './tenant.ts';

export interface WorldOptions {
  readonly seed: number;
  /** 00:00 UTC of a day; nothing happens at or after it. */
  readonly asOf: Date;
  /** Only these tenants; by default all three. */
  readonly tenants?: readonly string[];
}

export function generateWorld({ seed, asOf, tenants }: WorldOptions): World {
  if (asOf.getTime() % 86_400_000 !== 0) throw new RangeError('asOf must be 00:00 UTC of a day.');
  const wanted = profiles.filter(({ tenant }) => tenants === undefined || tenants.includes(tenant));
  return { seed, asOf, tenants: wanted.map((profile) => makeTenant(profile, seed, asOf.getTime())) };
}
