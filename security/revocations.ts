// Rights that were taken away before their tokens end. Looked at wherever rights are decided, which every door does for each request, statement and message.
import { Fault, isTenant, type Tenant } from '@tessera/base';
import { z } from 'zod';
import type { Access } from './parse-claims.ts';
import type { DecideRights } from './rights.ts';
import type { VerifyToken } from './verify-token.ts';

export const revocationSchema = z.strictObject({
  tenant: z.custom<Tenant>(isTenant, 'not a tenant'),
  /** Null takes away everybody's of the tenant. */
  subject: z.string().min(1).max(200).nullable(),
  /** Tokens issued until then are good no more; in seconds since the epoch. */
  until: z.number().int().positive(),
});
export type Revocation = z.infer<typeof revocationSchema>;

/** True where the caller's token was issued before his rights were taken away. A token that does not say when it was issued counts as old. */
export const isRevoked = (access: Access, revocations: readonly Revocation[]): boolean =>
  revocations.some(
    ({ tenant, subject, until }) =>
      tenant === access.tenant && (subject === null || subject === access.subject) && (access.issuedAt ?? 0) <= until,
  );

/** The verifier as before, but TOKEN_INVALID for whom it was taken from. */
export const refusingRevoked =
  (verify: VerifyToken, read: () => readonly Revocation[]): VerifyToken =>
  async (token) => {
    const access = await verify(token);
    if (isRevoked(access, read())) throw new Fault('TOKEN_INVALID', {});
    return access;
  };

/** For sessions that outlive a request: the decision as before, but TOKEN_INVALID for whom it was taken from; a token of a later sign-in is good again. */
export const withRevocations =
  (decide: DecideRights, read: () => readonly Revocation[]): DecideRights =>
  (access) => {
    if (isRevoked(access, read())) throw new Fault('TOKEN_INVALID', {});
    return decide(access);
  };
