// Runs every tenant's inputs when they are due, for ever: from memory alone, woken by one timer, whatever the clock does.
import type { Clock, SourceName, Tenant } from '@tessera/base';
import { countBetween, nextAfter, type Rhythm, spreadOf } from './rhythm.ts';
import type { TenantConfig } from './tenant-config.ts';
import { createTurnQueue, type TurnEnd } from './turn-queue.ts';

/** Inputs of a tenant that are due at the same times. */
export interface Due {
  readonly tenant: Tenant;
  readonly sources: readonly SourceName[];
  readonly rhythm: Rhythm;
  readonly catchUp: 'once' | 'all' | 'skip';
  /** When the tenant was run last, as far as anybody remembers. */
  readonly lastRunAt?: Date;
}

export interface Scheduler {
  /** Runs all tenants now, until none has anything left to do. A round under way is joined. */
  runAll(): Promise<void>;
  /** A turn of the tenant as soon as it is its turn, for what it was sent; no input is asked before it is due. Resolves when it has ended. */
  runArrived(tenant: Tenant): Promise<void>;
  /** When the tenant's next inputs are due. */
  nextAt(tenant: Tenant): Date | undefined;
  /** No further turn begins; resolves when those under way have ended. */
  stop(): Promise<void>;
}
export interface SchedulerNeeds {
  /** The machine's time, also where the data's clock stands still. */
  readonly now: Clock;
  /** Calls back once after so many milliseconds; gives what cancels it. */
  readonly wake?: (ms: number, call: () => void) => () => void;
  /** Turns of different tenants at the same time. */
  readonly atOnce: number;
  /** One bounded turn of a tenant. Must not throw. */
  readonly runTurn: (tenant: Tenant, sources: readonly SourceName[]) => Promise<TurnEnd>;
}

/** A jump of the clock is noticed after at most so long. */
const longestSleepMs = 60_000;
/** A catch-up of all missed times is bounded: a day of quarter-hours. */
const mostMissed = 96;
/** Later than this, a time counts as missed: a busy machine is late, too. */
const graceMs = 60_000;

const realWake = (ms: number, call: () => void) => {
  const timer = setTimeout(call, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/** When a tenant's inputs are due, by its configuration. */
export function duesOf(config: TenantConfig, everyMs: number): readonly Omit<Due, 'lastRunAt'>[] {
  const groups = Map.groupBy(config.connections, ({ schedule = config.schedule }) => JSON.stringify(schedule ?? null));
  return [...groups.values()].map((connections) => {
    const schedule = connections[0]?.schedule ?? config.schedule;
    return {
      tenant: config.tenant,
      sources: connections.map(({ source }) => source),
      rhythm: schedule ? { cron: schedule.cron, timeZone: schedule.timeZone ?? config.timeZone } : { everyMs },
      catchUp: schedule?.catchUp ?? 'once',
    };
  });
}

/** Starts it; nothing is run before it is due, but for what was missed since `lastRunAt`. */
export function startScheduler(needs: SchedulerNeeds, dues: readonly Due[]): Scheduler {
  const { now, wake = realWake, atOnce, runTurn } = needs;
  const queue = createTurnQueue(runTurn, atOnce);
  let seen = now().getTime();
  const entries = dues.map((due) => {
    const spread = spreadOf(due.tenant, due.rhythm, seen);
    const after = (at: number) => nextAfter(due.rhythm, at - spread) + spread;
    // A last run in the future is of a clock that was wrong.
    return { ...due, spread, after, at: after(Math.min(seen, due.lastRunAt?.getTime() ?? seen)) };
  });
  let cancel = () => {};
  let isStopped = false;
  let round: Promise<void> | undefined;

  const turnsDue = ({ catchUp, rhythm, spread, at }: (typeof entries)[number], instant: number): number => {
    if (catchUp === 'once') return 1;
    if (catchUp === 'skip') return instant - at <= graceMs ? 1 : 0;
    return 1 + countBetween(rhythm, at - spread, instant - spread, mostMissed - 1);
  };

  function tick(): void {
    if (isStopped) return;
    const instant = now().getTime();
    // Set back: what was due in an hour would be due in a day.
    if (instant < seen) for (const entry of entries) entry.at = Math.min(entry.at, entry.after(instant));
    seen = instant;
    for (const entry of entries) {
      if (entry.at > instant) continue;
      const turns = turnsDue(entry, instant);
      entry.at = entry.after(instant);
      if (turns > 0) void queue.request(entry.tenant, entry.sources, turns);
    }
    const next = entries.reduce((soonest, { at }) => Math.min(soonest, at), Number.POSITIVE_INFINITY);
    cancel = wake(Math.max(1, Math.min(longestSleepMs, next - instant)), tick);
  }
  tick();

  return {
    runAll() {
      const all = Map.groupBy(entries, ({ tenant }) => tenant);
      round ??= Promise.all(
        [...all].map(([tenant, its]) =>
          queue.request(
            tenant,
            its.flatMap(({ sources }) => sources),
          ),
        ),
      )
        .then(() => {})
        .finally(() => {
          round = undefined;
        });
      return round;
    },
    runArrived: (tenant) => queue.request(tenant, []),
    nextAt(tenant) {
      const its = entries.filter((entry) => entry.tenant === tenant).map(({ at }) => at);
      return its.length === 0 ? undefined : new Date(Math.min(...its));
    },
    async stop() {
      isStopped = true;
      cancel();
      await queue.stop();
    },
  };
}
