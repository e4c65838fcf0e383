// Why a caller may or may not ask something: every member of his query with its verdict and rule, and what its rows must meet. For whom may ask, and in the trail.
import { asFault, type Fault } from '@tessera/base';
import {
  type Audit,
  checkQuery,
  type Explain,
  type Explanation,
  membersNamed,
  parseLoadRequest,
  type Query,
} from '@tessera/security';
import { z } from 'zod';
import type { SignedIn } from './route.ts';

/** The body of /cubejs-api/v1/load, so that what was refused there can be sent as it is; one query at a time. */
export const explainBody = z.strictObject({ query: z.record(z.string(), z.unknown()) });

export interface ExplainPolicyNeeds {
  readonly explain: Explain;
  readonly audit: Pick<Audit, 'append'>;
}
export interface PolicyAnswer extends Explanation {
  /** Whether the gate lets the query through. */
  readonly passes: boolean;
  /** What the gate says where it does not. */
  readonly refusal?: { readonly code: string; readonly message: string };
}
export type ExplainPolicy = (
  caller: SignedIn,
  body: z.infer<typeof explainBody>,
  call: { readonly from: string | undefined; readonly request: string | undefined },
) => Promise<PolicyAnswer>;

/**
 * Of the caller's own rights alone: nobody can be asked about but oneself. QUERY_INVALID for what is no query. A hidden member and one that does not exist have the
 * same verdict; the answer is in the trail before it is told.
 */
export function createPolicyExplainer({ explain, audit }: ExplainPolicyNeeds): ExplainPolicy {
  return async ({ access, rights }, body, call) => {
    const query = parseLoadRequest(body).query as Query;
    const members = membersNamed(query);
    const refusal = refusalOf(() => checkQuery(query, rights));
    const explained = explain(access, members);
    await audit.append({
      ...{ tenant: access.tenant, subject: access.subject, roles: rights.roles, ...call },
      ...{ action: 'policy.explain', door: 'platform', kind: 'decision', decision: 'allowed' },
      members,
    });
    return { ...explained, passes: !refusal, ...(refusal && { refusal: refusal.toJSON() }) };
  };
}

function refusalOf(check: () => void): Fault | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return asFault(error);
  }
}
