// How long to wait before a call is made again: what the vendor asked for, else exponential back-off with full jitter.
import type { Fault } from '@tessera/base';

export interface RetryPolicy {
  /** Failures in a row, without a page between them, after which the stream gives up until the next run. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
  /** A vendor that asks for a longer wait than this is left alone until the next run. */
  readonly longestWaitMs: number;
}
export const retryPolicy: RetryPolicy = { attempts: 6, baseMs: 500, capMs: 60_000, longestWaitMs: 300_000 };

/** Milliseconds to wait before attempt `failures + 1`, or undefined where trying again is no use now. `random` is in [0, 1). */
export function retryWaitMs(
  fault: Fault,
  failures: number,
  random: () => number,
  policy: RetryPolicy,
): number | undefined {
  if (!fault.retry || failures >= policy.attempts) return undefined;
  const jitter = Math.floor(random() * Math.min(policy.capMs, policy.baseMs * 2 ** (failures - 1)));
  const asked = 'waitMs' in fault.params && typeof fault.params.waitMs === 'number' ? fault.params.waitMs : 0;
  if (asked > policy.longestWaitMs) return undefined;
  return asked + jitter;
}
