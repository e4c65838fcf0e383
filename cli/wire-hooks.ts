// Joins the hooks: who may deliver, what is kept of it and for how long, and whose pipeline is woken.
import { type Clock, Fault, type Observe, type SourceName, systemClock, type Tenant } from '@tessera/base';
import { connectors, readOktaDelivery } from '@tessera/ingest';
import { createWaker, hookedStreams, type TenantConfig, type Waker } from '@tessera/pipeline';
import type { Hook, HookDoor } from '@tessera/platform';
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

/** How each source's deliveries are judged before they are kept, and which stream they are of. */
const deliveries: Readonly<
  Partial<Record<SourceName, (body: Uint8Array) => { readonly records: number; readonly sentAt: Date }>>
> = { okta: readOktaDelivery };

/** Of a tenant whose pipeline is paused or cannot keep up. */
const mostWaiting = 256_000_000;
/** Okta sends at once and tries once more. What is older was recorded by somebody, and polling brings it anyway. */
const oldestMs = 3_600_000;
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
  const backlog = watchBacklog((tenant) => lakes.openLake(tenant).inbox.waiting());

  return {
    waker,
    door: {
      observe,
      now: ticks,
      find: finder.find,
      async receive({ tenant, source }: Hook, body) {
        const judge = deliveries[source];
        const [stream] = hookedStreams(connectors, source);
        if (judge === undefined || stream === undefined) throw new Fault('ROUTE_UNKNOWN', {});
        const { records, sentAt } = judge(body);
        const age = clock().getTime() - sentAt.getTime();
        if (age > oldestMs || age < -aheadMs) throw new Fault('HOOK_REFUSED', {});
        await backlog.admit(tenant, body.byteLength);
        await lakes.openLake(tenant).inbox.put(source, stream.name, { receivedAt: clock(), records, body });
        observe({ event: 'hook.received', tenant, source, records, bytes: body.byteLength });
        waker.wake(tenant);
      },
    },
  };
}

/** Counts on from what was there when it last looked, and looks again only where that would be too much: HOOK_BACKLOG. */
function watchBacklog(waiting: (tenant: Tenant) => Promise<{ readonly bytes: number }>) {
  const known = new Map<Tenant, number>();
  return {
    async admit(tenant: Tenant, bytes: number): Promise<void> {
      let before = known.get(tenant);
      if (before === undefined || before + bytes > mostWaiting) before = (await waiting(tenant)).bytes;
      if (before + bytes > mostWaiting) {
        known.set(tenant, before);
        throw new Fault('HOOK_BACKLOG', { bytes: before });
      }
      known.set(tenant, before + bytes);
    },
  };
}
