// In charge of guessers: after a few failures from one address each try waits longer, and the wait is the answer's, not the machine's.

export interface Backoff {
  /** Milliseconds for which tries of this key are refused unread; 0 where it may try. */
  blockedFor(key: string): number;
  failed(key: string): void;
  succeeded(key: string): void;
}

export interface BackoffNeeds {
  readonly nowMs: () => number;
  readonly freeTries?: number;
  readonly longestMs?: number;
  /** Keys that are remembered; the oldest are forgotten first. */
  readonly most?: number;
}

export function createBackoff({ nowMs, freeTries = 5, longestMs = 300_000, most = 10_000 }: BackoffNeeds): Backoff {
  const failures = new Map<string, { readonly count: number; readonly until: number }>();
  return {
    blockedFor(key) {
      return Math.max(0, (failures.get(key)?.until ?? 0) - nowMs());
    },
    failed(key) {
      const before = failures.get(key);
      // A key that has been quiet for twice the longest wait begins anew.
      const count = before && nowMs() - before.until < 2 * longestMs ? before.count + 1 : 1;
      const wait = count <= freeTries ? 0 : Math.min(longestMs, 1000 * 2 ** (count - freeTries - 1));
      failures.delete(key);
      failures.set(key, { count, until: nowMs() + wait });
      if (failures.size > most) failures.delete(failures.keys().next().value ?? '');
    },
    succeeded(key) {
      failures.delete(key);
    },
  };
}
