// The one function from which every id of Cube's comes: what is separated by tenant is separated here and nowhere else.
import { Fault, isTenant, sqlName, type Tenant } from '@tessera/base';

/** All that Cube is told of a caller. It is part of Cube's cache keys, so nothing personal is in it. */
export interface CubeContext {
  readonly tenant: Tenant;
  readonly release: number;
}

export interface TenantIds {
  /** Connections, queues, results and roll-ups of one tenant at one release; another release starts with empty caches. */
  readonly orchestrator: string;
  /** Schema of the roll-ups. It ends in `_r<release>`, by which the serving copy finds those of a release that is let go of. */
  readonly rollups: string;
}

/** unknown → ids. A context without tenant or release is a defect of ours and gets nothing. */
export function idsOf(context: unknown): TenantIds & CubeContext {
  const { tenant, release } = (context ?? {}) as { tenant?: unknown; release?: unknown };
  if (!isTenant(tenant) || !Number.isSafeInteger(release)) throw new Fault('INTERNAL', {});
  return {
    tenant,
    release: release as number,
    orchestrator: `${tenant}@${release}`,
    rollups: `rollups_${sqlName(tenant)}_r${release}`,
  };
}
