// Obeys a vendor's rate limit before it bites: what the headers of one answer say decides whether the next call waits.
import type { Clock } from '@tessera/base';

export interface Budget {
  /** Calls allowed in a period, and how many are left of it. */
  readonly limit: number;
  readonly remaining: number;
  /** Until the period ends, by the vendor's own clock. */
  readonly resetMs: number;
}
export type ReadBudget = (headers: { get(name: string): string | null }, now: Date) => Budget | undefined;

export interface RateLimit {
  /** Resolves when a call in this bucket may be made. */
  before(bucket: string): Promise<void>;
  /** Told of every answer of the bucket. */
  after(bucket: string, headers: { get(name: string): string | null }): void;
}

/**
 * `share` of each bucket is ours (0.9 of it by default): the rest stays for people and other programs that use the same account. A second is added to each wait,
 * as vendors count in whole seconds.
 */
export function createRateLimit(needs: {
  readonly now: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  readonly readBudget: ReadBudget;
  readonly share?: number;
}): RateLimit {
  const { now, sleep, readBudget, share = 0.9 } = needs;
  const holds = new Map<string, { readonly since: number; readonly ms: number }>();
  return {
    async before(bucket) {
      const hold = holds.get(bucket);
      if (hold === undefined) return;
      holds.delete(bucket);
      const left = hold.ms - Math.max(0, now().getTime() - hold.since);
      if (left > 0) await sleep(left);
    },
    after(bucket, headers) {
      const at = now();
      const budget = readBudget(headers, at);
      if (budget === undefined) return;
      const reserve = Math.ceil(budget.limit * (1 - share) - 1e-6);
      if (budget.remaining > reserve) holds.delete(bucket);
      else holds.set(bucket, { since: at.getTime(), ms: budget.resetMs + 1000 });
    },
  };
}
