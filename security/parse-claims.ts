// Claims of a verified token → who is asking. A closed reading: what is missing or odd is refused, never widened.
import { Fault, isTenant, type Tenant } from '@tessera/base';
import { z } from 'zod';

/** What every later step knows of the caller; nothing after this looks at a token. */
export interface Access {
  readonly tenant: Tenant;
  /** The token's subject, stable per person or service. */
  readonly subject: string;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly groups: readonly string[];
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

const group = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => name !== '*' && name === name.trim(), 'not a group name');

const claimsSchema = z.object({
  sub: z.string().min(1).max(200),
  exp: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  tenant_id: z.custom<Tenant>(isTenant, 'not a tenant'),
  groups: z.array(group).min(1).max(200),
  email: z.string().max(320).optional(),
  name: z.string().max(200).optional(),
});

/** Verified claims → Access, or CLAIM_REFUSED naming the claim. A token without a group is refused: there is no default group. */
export function parseClaims(claims: unknown): Access {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) {
    throw new Fault('CLAIM_REFUSED', { claim: String(parsed.error.issues[0]?.path[0] ?? 'claims') });
  }
  const { sub, exp, tenant_id, groups, email, name } = parsed.data;
  return Object.freeze({
    tenant: tenant_id,
    subject: sub,
    email,
    name,
    groups: Object.freeze([...groups]),
    expiresAt: exp,
  });
}
