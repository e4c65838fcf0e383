// Runs every tenant in turn, again and again: one run of a tenant at a time, and a failed one is only tried again at its next turn.
import type { Tenant } from '@tessera/base';

export interface Schedule {
  /** Runs all tenants once, now; resolves when the last has ended. A round under way is joined. */
  runAll(): Promise<void>;
  /** No further round begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** `runTenant` must not throw: it reports its own failures. */
export function startSchedule(
  tenants: () => readonly Tenant[],
  runTenant: (tenant: Tenant) => Promise<void>,
  everyMs: number,
): Schedule {
  let round: Promise<void> | undefined;
  let isStopped = false;

  const runAll = (): Promise<void> => {
    round ??= (async () => {
      for (const tenant of tenants()) {
        if (isStopped) return;
        await runTenant(tenant);
      }
    })().finally(() => {
      round = undefined;
    });
    return round;
  };
  const timer = setInterval(() => void runAll(), everyMs);
  timer.unref();
  return {
    runAll,
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await round;
    },
  };
}
