// Types of cube.js, for those who import it from TypeScript.
import type { Observe, QueryLimits, Tenant } from '@tessera/base';
import type { ServingDoor } from '@tessera/lakehouse';
import type { Cube, Edge, Fairness } from '@tessera/platform';
import type { Audit, DecideRights, VerifyToken } from '@tessera/security';

export declare function createTesseraCube(needs: {
  readonly serving: ServingDoor;
  readonly verifyToken: VerifyToken;
  readonly decideRights: DecideRights;
  readonly audit?: Pick<Audit, 'note'>;
  readonly fairness?: Fairness;
  /** What stands before the server; without it callers are where their connections come from. */
  readonly edge?: Edge;
  /** What one query of a tenant may cost; without it the serving door's own time and the gate's own rows. */
  readonly limitsOf?: (tenant: Tenant) => QueryLimits;
  readonly observe: Observe;
}): Promise<Cube>;
