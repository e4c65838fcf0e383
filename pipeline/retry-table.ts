// How often and after which wait each task of the state machine is tried again. A call to a vendor is itself repeated within a fetch, so that a fetch is not repeated often.
export interface RetryRow {
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
}
const few: RetryRow = { intervalSeconds: 5, maxAttempts: 1, backoffRate: 2, maxDelaySeconds: 30 };
const usual: RetryRow = { intervalSeconds: 2, maxAttempts: 3, backoffRate: 2, maxDelaySeconds: 30 };

export const retryTable = {
  plan: usual,
  connect: few,
  fetch: few,
  stage: usual,
  validate: usual,
  merge: usual,
  reconcile: usual,
  notify: usual,
  park: usual,
} as const satisfies Record<string, RetryRow>;

export type TaskName = keyof typeof retryTable;

/** Attempts that a failure for good has seen. */
export const attemptsOf = (stage: string, transient: boolean): number =>
  transient && Object.hasOwn(retryTable, stage) ? retryTable[stage as TaskName].maxAttempts + 1 : 1;
