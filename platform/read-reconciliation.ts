// The ledger of the caller's own tenant by HTTP, for whoever may read the pipeline: the route asks for the right, and no parameter names a tenant.
import type { Tenant } from '@tessera/base';

/** Counts of the newest runs; no row and no value. */
export type ReadReconciliation = (tenant: Tenant) => Promise<object>;
