// The ledger of the caller's own tenant by HTTP, for whoever may read the pipeline.

import type { Tenant } from '@tessera/base';
import { type Access, checkAction, type DecideRights } from '@tessera/security';

export interface ReconciliationNeeds {
  readonly decideRights: DecideRights;
  /** Counts of the newest runs; no row and no value. */
  readonly read: (tenant: Tenant) => Promise<object>;
}
export type ReadReconciliation = (access: Access) => Promise<object>;

/** ACTION_DENIED without the right to it; no parameter names a tenant. */
export const createReconciliationReader =
  ({ decideRights, read }: ReconciliationNeeds): ReadReconciliation =>
  async (access) => {
    checkAction(decideRights(access), 'pipeline.read');
    return read(access.tenant);
  };
