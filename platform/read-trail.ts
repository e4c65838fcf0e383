// A tenant's own audit trail by HTTP: for whom may read it, page by page, and the reading is in it, too.
import { asFault } from '@tessera/base';
import {
  type Access,
  type Audit,
  type AuditFilter,
  type AuditPage,
  checkAction,
  type DecideRights,
} from '@tessera/security';
import { z } from 'zod';

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
  readonly decideRights: DecideRights;
  readonly audit: Pick<Audit, 'append'>;
  /** `newest`: the last acts that fit, newest first, and no page after them. */
  readonly read: (filter: AuditFilter, most: number, order: 'oldest' | 'newest') => Promise<AuditPage>;
}
export type ReadTrail = (
  access: Access,
  query: z.infer<typeof trailQuery>,
  call: { readonly from: string | undefined; readonly request: string | undefined },
) => Promise<AuditPage>;

/** Only ever the caller's own tenant: no parameter names one. ACTION_DENIED without the right; either way it is written before anything is told. */
export function createTrailReader({ decideRights, audit, read }: TrailNeeds): ReadTrail {
  return async (access, { since, until, limit, order, ...filter }, call) => {
    const { tenant, subject } = access;
    const rights = decideRights(access);
    const act = {
      tenant,
      subject,
      ...call,
      roles: rights.roles,
      action: 'audit.read',
      door: 'platform',
      kind: 'decision',
    } as const;
    try {
      checkAction(rights, 'audit.read');
    } catch (error) {
      await audit.append({ ...act, decision: 'denied', code: asFault(error).code });
      throw error;
    }
    const dates = {
      since: since === undefined ? since : new Date(since),
      until: until === undefined ? until : new Date(until),
    };
    const page = await read({ ...filter, ...dates, tenant }, limit, order);
    await audit.append({ ...act, decision: 'allowed', rows: page.items.length });
    return page;
  };
}
