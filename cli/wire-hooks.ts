// Joins the hooks: who may deliver, what is kept of it and for how long, and whose pipeline is woken.
import { createHash } from 'node:crypto';
import { type Clock, Fault, type Observe, systemClock, type Tenant } from '@tessera/base';
import { connectors, type JudgedDelivery } from '@tessera/ingest';
import { createWaker, hookedStreams, keepWakeUp, type TenantConfig, type Waker } from '@tessera/pipeline';
import type { Hook, HookDoor } from '@tessera/platform';
import { hookKinds } from './hook-kinds.ts';
import { createHookFinder } from './hook-registry.ts';
import type { Lakes } from './open-lakes.ts';

export interface HookParts {
  readonly lakes: Pick<Lakes, 'openLake' | 'keys'>;
  readonly configs: readonly TenantConfig[];
  /** The data's time: what is received is as old as it says. */
  readonly clock: Clock;
  readonly observe: Observe;
  /** A turn of the tenant for what has arrived. */
  readonly runArrived: (tenant: Tenant) => Promise<void>;
  /** Monotonic milliseconds, for the quota. */
  readonly ticks?: () => number;
}
export interface Hooks {
  readonly door: HookDoor;
  readonly waker: Waker;
}

/** Of a tenant whose pipeline is paused or cannot keep up. */
const mostWaiting = 256_000_000;
/** What one costs on the disk at least, so that small ones are bounded, too. */
const leastBytes = 4096;
const aheadMs = 300_000;

export function wireHooks({
  lakes,
  configs,
  clock,
  observe,
  runArrived,
  ticks = () => performance.now(),
}: HookParts): Hooks {
  const waker = createWaker({ now: systemClock, runArrived });
  const finder = createHookFinder({
    secrets: lakes.keys.secrets,
    now: systemClock,
    tenants: configs.map(({ tenant, connections }) => ({ tenant, sources: connections.map(({ source }) => source) })),
  });
  const repeats = rememberLast(mostRepeats);
  /** Durable when it resolves. */
  const keep = async ({ tenant, source }: Hook, { wakes, records, body }: JudgedDelivery, mark: string) => {
    const lake = lakes.openLake(tenant);
    if (wakes) return keepWakeUp(lake, source, { ...wakes, delivery: mark, receivedAt: clock() });
    const [stream] = hookedStreams(connectors, source);
    if (stream === undefined) throw new Fault('ROUTE_UNKNOWN', {});
    await lake.inbox.put(source, stream.name, { receivedAt: clock(), records, body });
  };
  const backlog = watchBacklog((tenant) => lakes.openLake(tenant).inbox.waiting());

  return {
    waker,
    door: {
      observe,
      now: ticks,
      find: finder.find,
      async receive(hook: Hook, { id, body }) {
        const { tenant, source } = hook;
        const kind = hookKinds[source];
        if (kind === undefined) throw new Fault('ROUTE_UNKNOWN', {});
        const judged = kind.judge(body);
        const age = judged.sentAt === undefined ? 0 : clock().getTime() - judged.sentAt.getTime();
        if (age > kind.oldestMs || age < -aheadMs) throw new Fault('HOOK_REFUSED', {});
        // The same id with other bytes is news: what is not the very same delivery is never left out.
        const mark = `${tenant} ${source} ${createHash('sha256')
          .update(`${id ?? ''}\n`)
          .update(body)
          .digest('base64')}`;
        if (id !== undefined && repeats.has(mark)) return;
        await backlog.admit(tenant, body.byteLength);
        await keep(hook, judged, mark);
        if (id !== undefined) repeats.add(mark);
        observe({ event: 'hook.received', tenant, source, records: judged.records, bytes: body.byteLength });
        waker.wake(tenant);
      },
    },
  };
}

/** Deliveries by id that are kept already: an attempt that comes again costs nothing. What is forgotten is found by its events' own keys. */
const mostRepeats = 20_000;

function rememberLast(most: number) {
  const known = new Set<string>();
  return {
    has: (mark: string) => known.has(mark),
    add(mark: string) {
      known.add(mark);
      const [oldest] = known;
      if (known.size > most && oldest !== undefined) known.delete(oldest);
    },
  };
}

/** Counts on from what was there when it last looked, and looks again only where that would be too much: HOOK_BACKLOG. */
function watchBacklog(waiting: (tenant: Tenant) => Promise<{ readonly bytes: number; readonly deliveries: number }>) {
  const known = new Map<Tenant, number>();
  const look = async (tenant: Tenant) => {
    const { bytes, deliveries } = await waiting(tenant);
    return Math.max(bytes, deliveries * leastBytes);
  };
  return {
    async admit(tenant: Tenant, size: number): Promise<void> {
      const bytes = Math.max(size, leastBytes);
      let before = known.get(tenant);
      if (before === undefined || before + bytes > mostWaiting) before = await look(tenant);
      if (before + bytes > mostWaiting) {
        known.set(tenant, before);
        throw new Fault('HOOK_BACKLOG', { bytes: before });
      }
      known.set(tenant, before + bytes);
    },
  };
}
