// Wakes a tenant's turn when something arrives: a burst is one turn, a flood one turn each so many seconds, and a turn under way is followed by another.
import type { Clock, Tenant } from '@tessera/base';

export interface WakerNeeds {
  readonly now: Clock;
  /** Calls back once after so many milliseconds; gives what cancels it. */
  readonly wake?: (ms: number, call: () => void) => () => void;
  /** A turn of the tenant for what has arrived; resolves when it has ended. Must not throw. */
  readonly runArrived: (tenant: Tenant) => Promise<void>;
  /** What comes within this of the first goes with it. */
  readonly gatherMs?: number;
  /** At least so long between the ends of turns and the next that was woken. */
  readonly restMs?: number;
}
export interface Waker {
  /** Something of the tenant has arrived. */
  wake(tenant: Tenant): void;
  /** Wakes nobody any more. */
  stop(): void;
}

const realWake = (ms: number, call: () => void) => {
  const timer = setTimeout(call, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/** Remembers only tenants that something arrived for; forgetting them costs nothing, since what arrived is in their lake. */
export function createWaker({
  now,
  wake: after = realWake,
  runArrived,
  gatherMs = 200,
  restMs = 5000,
}: WakerNeeds): Waker {
  interface State {
    cancel: (() => void) | undefined;
    isRunning: boolean;
    isWanted: boolean;
    endedAt: number;
  }
  const states = new Map<Tenant, State>();
  let isStopped = false;

  function plan(tenant: Tenant, state: State): void {
    if (isStopped || state.isRunning || state.cancel !== undefined) return;
    // A clock that was set back must not put a tenant to sleep for hours.
    const rest = Math.min(restMs, Math.max(gatherMs, state.endedAt + restMs - now().getTime()));
    state.cancel = after(rest, () => void run(tenant, state));
  }
  async function run(tenant: Tenant, state: State): Promise<void> {
    state.cancel = undefined;
    state.isRunning = true;
    state.isWanted = false;
    await runArrived(tenant).catch(() => {});
    state.isRunning = false;
    state.endedAt = now().getTime();
    if (state.isWanted) plan(tenant, state);
  }

  return {
    wake(tenant) {
      const state = states.get(tenant) ?? {
        cancel: undefined,
        isRunning: false,
        isWanted: false,
        endedAt: Number.NEGATIVE_INFINITY,
      };
      states.set(tenant, state);
      state.isWanted = true;
      plan(tenant, state);
    },
    stop() {
      isStopped = true;
      for (const { cancel } of states.values()) cancel?.();
    },
  };
}
