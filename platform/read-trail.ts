// A tenant's own audit trail by HTTP: for whom may read it, page by page, and the reading is in it, too.
import type { Audit, AuditFilter, AuditPage } from '@tessera/security';
import { z } from 'zod';
import type { SignedIn } from './route.ts';

const most = 500;
export const trailQuery = z.strictObject({
  since: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  until: z.iso.datetime({ offset: true }).or(z.iso.date()).optional(),
  action: z.string().max(64).optional(),
  subject: z.string().max(200).optional(),
  decision: z.enum(['allowed', 'denied', 'failed']).optional(),
  after: z
    .string()
    .regex(/^[a-z]+:\d{1,15}(,[a-z]+:\d{1,15})*$/)
    .optional(),
  order: z.enum(['oldest', 'newest']).default('oldest'),
  limit: z.coerce.number().int().min(1).max(most).default(100),
});

export interface TrailNeeds {
  readonly audit: Pick<Audit, 'append'>;
  /** `newest`: the last acts that fit, newest first, and no page after them. */
  readonly read: (filter: AuditFilter, most: number, order: 'oldest' | 'newest') => Promise<AuditPage>;
}
export type ReadTrail = (
  caller: SignedIn,
  query: z.infer<typeof trailQuery>,
  call: { readonly from: string | undefined; readonly request: string | undefined },
) => Promise<AuditPage>;

/** Only ever the caller's own tenant: no parameter names one. The reading is written before anything is told. */
export function createTrailReader({ audit, read }: TrailNeeds): ReadTrail {
  return async ({ access, rights }, { since, until, limit, order, ...filter }, call) => {
    const { tenant, subject } = access;
    const dates = {
      since: since === undefined ? since : new Date(since),
      until: until === undefined ? until : new Date(until),
    };
    const page = await read({ ...filter, ...dates, tenant }, limit, order);
    await audit.append({
      ...{ tenant, subject, roles: rights.roles, ...call },
      ...{ action: 'audit.read', door: 'platform', kind: 'decision', decision: 'allowed' },
      rows: page.items.length,
    });
    return page;
  };
}
