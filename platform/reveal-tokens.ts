// Gives personal data back for its tokens: to whom may, for a purpose that is named, with a fresh second factor, and never without a trace.
import { asFault, type Clock, type Tenant } from '@tessera/base';
import { type RevealedToken, tokenForm } from '@tessera/lakehouse';
import { type Access, type Audit, checkAction, checkStepUp, type DecideRights } from '@tessera/security';
import { z } from 'zod';

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
  readonly decideRights: DecideRights;
  readonly audit: Pick<Audit, 'sensitive' | 'append'>;
  /** The real time, also where the data's clock stands still: sign-ins are real. */
  readonly now: Clock;
  readonly lookUp: (tenant: Tenant, tokens: readonly string[]) => Promise<readonly RevealedToken[]>;
}
export interface RevealCall {
  readonly from: string | undefined;
  readonly request: string | undefined;
}
export type Reveal = (
  access: Access,
  body: RevealBody,
  call: RevealCall,
) => Promise<{ readonly values: readonly RevealedToken[] }>;

/**
 * ACTION_DENIED without the right, STEP_UP_NEEDED without a sign-in with two factors in the last ten minutes: both are in the trail before they are told. A token of another
 * tenant and one that never was are absent from the answer alike. The trail has the tokens and the purpose, never a value.
 */
export function createReveal({ decideRights, audit, now, lookUp }: RevealNeeds): Reveal {
  return async (access, { tokens, purpose, reference }, { from, request }) => {
    const rights = decideRights(access);
    const act = {
      tenant: access.tenant,
      action: 'pii.reveal',
      door: 'platform',
      subject: access.subject,
      roles: rights.roles,
      from,
      request,
      members: [...new Set(tokens)],
      purpose: `${purpose}: ${reference}`,
    } as const;
    try {
      checkAction(rights, 'pii.reveal');
      checkStepUp(access, now);
    } catch (error) {
      const { code } = asFault(error);
      await audit.append({ ...act, kind: 'decision', decision: 'denied', code });
      throw error;
    }
    return audit.sensitive(act, async () => ({ values: await lookUp(access.tenant, act.members) }));
  };
}
