// Whose turn it is: tenants in the order in which they became due, so many at once, each in at most one turn; who has more to do goes to the end of the queue.
import type { SourceName, Tenant } from '@tessera/base';

/** What a turn left: `more` for work that its budget cut off. */
export type TurnEnd = 'done' | 'more';

interface Waiting {
  readonly sources: Set<SourceName>;
  turns: number;
  readonly whenIdle: (() => void)[];
}

export interface TurnQueue {
  /** Asks for `turns` turns; several requests before a turn are one with all their sources. Resolves when the tenant has nothing left to do. */
  request(tenant: Tenant, sources: readonly SourceName[], turns?: number): Promise<void>;
  isBusy(tenant: Tenant): boolean;
  /** No further turn begins; resolves when those under way have ended. */
  stop(): Promise<void>;
}

/** `runTurn` must not throw: it reports its own failures. */
export function createTurnQueue(
  runTurn: (tenant: Tenant, sources: readonly SourceName[]) => Promise<TurnEnd>,
  atOnce: number,
): TurnQueue {
  const queue: Tenant[] = [];
  const waiting = new Map<Tenant, Waiting>();
  const running = new Map<Tenant, Promise<void>>();
  let isStopped = false;

  function enqueue(tenant: Tenant, sources: readonly SourceName[], turns: number): Waiting {
    const wanted = waiting.get(tenant) ?? { sources: new Set(), turns: 0, whenIdle: [] };
    if (!waiting.has(tenant)) {
      waiting.set(tenant, wanted);
      if (!running.has(tenant)) queue.push(tenant);
    }
    for (const source of sources) wanted.sources.add(source);
    wanted.turns = Math.max(wanted.turns, turns);
    return wanted;
  }

  function pump(): void {
    while (!isStopped && running.size < atOnce) {
      const tenant = queue.shift();
      if (tenant === undefined) return;
      running.set(tenant, take(tenant));
    }
  }

  async function take(tenant: Tenant): Promise<void> {
    const turn = waiting.get(tenant);
    waiting.delete(tenant);
    if (turn === undefined) return;
    const sources = [...turn.sources];
    // Never within the call that asked for it.
    await Promise.resolve();
    const end = await runTurn(tenant, sources).catch((): TurnEnd => 'done');
    running.delete(tenant);
    const turns = end === 'more' ? turn.turns : turn.turns - 1;
    if (waiting.has(tenant)) queue.push(tenant);
    if (turns > 0 && !isStopped) enqueue(tenant, sources, turns).whenIdle.push(...turn.whenIdle);
    else for (const resolve of turn.whenIdle) resolve();
    pump();
  }

  return {
    request(tenant, sources, turns = 1) {
      if (isStopped) return Promise.resolve();
      return new Promise((resolve) => {
        enqueue(tenant, sources, turns).whenIdle.push(resolve);
        pump();
      });
    },
    isBusy: (tenant) => running.has(tenant) || waiting.has(tenant),
    async stop() {
      isStopped = true;
      queue.length = 0;
      await Promise.all(running.values());
      for (const { whenIdle } of waiting.values()) for (const resolve of whenIdle) resolve();
      waiting.clear();
    },
  };
}
