// Claims of a verified token → who is asking. A closed reading: what is missing or odd is refused, never widened.
import { Fault, isTenant, type Tenant } from '@tessera/base';
import { z } from 'zod';

/** What a person may see of classified columns, lowest first. */
export const clearances = ['public', 'internal', 'confidential', 'pii'] as const;
export type Clearance = (typeof clearances)[number];

/** What every later step knows of the caller; nothing after this looks at a token. */
export interface Access {
  readonly tenant: Tenant;
  /** The token's subject, stable per person or service. */
  readonly subject: string;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly groups: readonly string[];
  /** Organisation within the tenant, as rows name it in `org_id`. Undefined is no organisation, never all of them. */
  readonly org?: string | undefined;
  readonly region?: string | undefined;
  readonly teams: readonly string[];
  /** Lowers what the roles give. Undefined where the token says nothing: what the roles give stands. A level that nobody here knows is the lowest. */
  readonly clearance?: Clearance | undefined;
  /** How the person signed in (RFC 8176), for acts that want more than a password. */
  readonly amr: readonly string[];
  /** When the person signed in, in seconds since the epoch. */
  readonly authTime?: number | undefined;
  /** Who vouches for all this, and through which application the person came. */
  readonly issuer: string;
  readonly client: string;
  /** The token's own id (`jti`), for the audit trail. */
  readonly tokenId?: string | undefined;
  /** Seconds since the epoch; undefined where the token does not say. */
  readonly issuedAt?: number | undefined;
  readonly expiresAt: number;
}

const group = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => name !== '*' && name === name.trim(), 'not a group name');
/** Values that rows are compared with: plain ASCII, so that no look-alike, list or pattern passes for one. */
export const attributeSchema = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9 _.-]{0,61}[A-Za-z0-9])?$/);
const seconds = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

const claimsSchema = z.object({
  sub: z.string().min(1).max(200),
  exp: seconds,
  iat: seconds.optional(),
  iss: z.string().min(1).max(500),
  jti: z.string().min(1).max(200).optional(),
  tenant_id: z.custom<Tenant>(isTenant, 'not a tenant'),
  groups: z.array(group).min(1).max(200),
  email: z.string().max(320).optional(),
  name: z.string().max(200).optional(),
  org: attributeSchema.optional(),
  region: attributeSchema.optional(),
  teams: z.array(attributeSchema).max(200).optional(),
  // A word that is no level of ours gives the lowest: a directory may know more levels than we do, and none of them may widen anything.
  clearance: z
    .string()
    .transform((said): Clearance => clearances.find((known) => known === said) ?? 'public')
    .optional(),
  amr: z.array(z.string().min(1).max(30)).max(20).optional(),
  auth_time: seconds.optional(),
});

/**
 * Verified claims → Access, or CLAIM_REFUSED naming the claim. A token without a group is refused: there is no default group. Claims that we do not
 * know are left out, but one named like a part of every object (`__proto__`, `constructor`) is refused.
 */
export function parseClaims(claims: Readonly<Record<string, unknown>>, client: string): Access {
  const trap = Object.keys(claims).find((name) => name in Object.prototype);
  if (trap) throw new Fault('CLAIM_REFUSED', { claim: trap });
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) {
    throw new Fault('CLAIM_REFUSED', { claim: String(parsed.error.issues[0]?.path[0] ?? 'claims') });
  }
  const { sub, exp, iat, iss, jti, tenant_id, groups, email, name, org, region, teams, clearance, amr, auth_time } =
    parsed.data;
  return Object.freeze({
    tenant: tenant_id,
    subject: sub,
    email,
    name,
    groups: frozenSet(groups),
    org,
    region,
    teams: frozenSet(teams),
    clearance,
    amr: frozenSet(amr),
    authTime: auth_time,
    issuer: iss,
    client,
    tokenId: jti,
    issuedAt: iat,
    expiresAt: exp,
  });
}

const frozenSet = (names: readonly string[] = []) => Object.freeze([...new Set(names)]);
