// What one tenant may ask of the machine that all share: declared once, for the settings' defaults and for a tenant's own file.
import { z } from 'zod';

export const quotaSchema = z.strictObject({
  /** Requests that are worked on at the same time. */
  concurrent: z.int().min(1).max(1000),
  /** Requests that may wait for their turn; one more is refused. */
  queued: z.int().min(0).max(100_000),
  /** Requests a minute in the long run; a sixth of them may come at once. */
  perMinute: z.int().min(1).max(1_000_000),
  /** Turns in each round, where several tenants wait. */
  weight: z.int().min(1).max(100),
});
export type Quota = z.infer<typeof quotaSchema>;

/** Sessions of the SQL API that are open at the same time. */
export const sqlSessionsSchema = z.int().min(1).max(5000);

/** What one query may cost. */
export const queryLimitsSchema = z.strictObject({
  /** Milliseconds after which the engine's work on it is interrupted. */
  timeoutMs: z.int().min(1).max(3_600_000),
  /** Rows of its answer at most; one with more is refused, never cut. */
  rows: z.int().min(1).max(50_000),
});
export type QueryLimits = z.infer<typeof queryLimitsSchema>;
