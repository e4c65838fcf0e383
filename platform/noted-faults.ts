// Refusals that the audit trail has already: whoever wrote one down with what only he knew of it says so here, and the door writes no second record.
import type { Audit, AuditEntry } from '@tessera/security';

/** By the error itself: one is made for each refusal. */
const noted = new WeakSet<object>();

/** The same error, known to be on the trail. */
export function markNoted<E>(error: E): E {
  if (typeof error === 'object' && error !== null) noted.add(error);
  return error;
}
export const isNoted = (error: unknown): boolean => typeof error === 'object' && error !== null && noted.has(error);

/** `audit.sensitive`, whose outcome has how the work failed. */
export const noteSensitive = <T>(
  audit: Pick<Audit, 'sensitive'>,
  act: Omit<AuditEntry, 'kind' | 'decision'>,
  work: () => Promise<T>,
): Promise<T> =>
  audit.sensitive(act, () =>
    work().catch((error: unknown) => {
      throw markNoted(error);
    }),
  );
