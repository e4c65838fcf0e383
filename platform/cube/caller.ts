// Who asks, as every step after the token knows him: made once a request, carried in Cube's context, read by gate, rewrite and audit.
import { Fault } from '@tessera/base';
import type { Access, AuditEntry, Rights } from '@tessera/security';
import type { FaultNotes } from './graphql-answer.ts';
import type { CubeContext } from './tenant-ids.ts';

export type Door = AuditEntry['door'];

/** Where a request came from; its id is made here, never by the caller. */
export interface Origin {
  readonly door: Door;
  readonly request: string;
  readonly from: string | undefined;
}

export interface Caller extends Origin {
  readonly access: Access;
  readonly rights: Rights;
  readonly context: CubeContext;
  /** Rows of an answer whose query names no limit; more are refused, not cut. */
  readonly rowCap: number;
  /** Rows of any answer, whatever limit its query names; more are refused, too. */
  readonly mostRows: number;
  /** Rows instead of groups. */
  readonly ungrouped: boolean;
}

/** What travels through Cube as its request context. Only `securityContext` is part of its cache keys, and nothing personal is in that. */
export interface CallContext extends FaultNotes {
  readonly securityContext: CubeContext;
  readonly authInfo: CubeContext;
  readonly signedWithPlaygroundAuthSecret: false;
  readonly requestId: string;
  readonly caller: Caller;
}

export const callContext = (caller: Caller): CallContext => ({
  securityContext: caller.context,
  authInfo: caller.context,
  signedWithPlaygroundAuthSecret: false,
  requestId: caller.request,
  faults: [],
  caller,
});

/** The caller of a request; a context without one is a defect of ours and gets nothing. */
export function callerOf(context: unknown): Caller {
  const { caller } = (context ?? {}) as Partial<CallContext>;
  if (!caller) throw new Fault('INTERNAL', {});
  return caller;
}
