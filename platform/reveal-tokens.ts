// Gives personal data back for its tokens: to whom may, for a purpose that is named, with a fresh second factor, and never without a trace.
import type { Clock, Tenant } from '@tessera/base';
import { type RevealedToken, tokenForm } from '@tessera/lakehouse';
import { type Audit, checkStepUp } from '@tessera/security';
import { z } from 'zod';
import { noteSensitive } from './noted-faults.ts';
import type { SignedIn, Told } from './route.ts';

export const revealPurposes = [
  'incident-response',
  'access-review',
  'offboarding',
  'data-subject-request',
  'support-case',
] as const;

export const revealBody = z.strictObject({
  tokens: z.array(z.string().regex(tokenForm, 'not a token')).min(1).max(100),
  purpose: z.enum(revealPurposes),
  /** What the purpose is about, in the caller's words: a ticket, a case. */
  reference: z.string().trim().min(1).max(200),
});
export type RevealBody = z.infer<typeof revealBody>;

export interface RevealNeeds {
  readonly audit: Pick<Audit, 'sensitive'>;
  /** The real time, also where the data's clock stands still: sign-ins are real. */
  readonly now: Clock;
  readonly lookUp: (tenant: Tenant, tokens: readonly string[]) => Promise<readonly RevealedToken[]>;
}
export interface RevealCall {
  readonly from: string | undefined;
  readonly request: string | undefined;
}
export type Reveal = (
  caller: SignedIn,
  body: RevealBody,
  call: RevealCall,
) => Promise<{ readonly values: readonly RevealedToken[] }>;

/** What the trail has of it, refused or not: the tokens and the purpose, never a value. */
export const toldOfReveal = ({ tokens, purpose, reference }: RevealBody) =>
  ({ members: [...new Set(tokens)], purpose: `${purpose}: ${reference}` }) satisfies Told;

/**
 * For who has the right (the route asks for it): STEP_UP_NEEDED without a sign-in with two factors in the last ten minutes. A token of another tenant and one that
 * never was are absent from the answer alike.
 */
export function createReveal({ audit, now, lookUp }: RevealNeeds): Reveal {
  return async ({ access, rights }, body, { from, request }) => {
    checkStepUp(access, now);
    const told = toldOfReveal(body);
    const act = {
      ...{ tenant: access.tenant, subject: access.subject, roles: rights.roles, from, request },
      action: 'pii.reveal',
      door: 'platform',
      ...told,
    } as const;
    return noteSensitive(audit, act, async () => ({ values: await lookUp(access.tenant, told.members) }));
  };
}
