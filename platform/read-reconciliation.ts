// The ledger of the caller's own tenant by HTTP, for whoever may read the pipeline: the route asks for the right, and no parameter names a tenant.
import type { Tenant } from '@tessera/base';
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z0-9_-]{1,80}$/);
/** Neither, or both: one object of one run. */
export const reconciliationQuery = z
  .strictObject({ run: name.optional(), object: name.optional() })
  .refine(({ run, object }) => (run === undefined) === (object === undefined), {
    message: 'run and object are given together',
  });

/** Counts of the newest runs, or the lines of one object; no row and no value. LEDGER_LINE_UNKNOWN. */
export type ReadReconciliation = (tenant: Tenant, one: z.infer<typeof reconciliationQuery>) => Promise<object>;
