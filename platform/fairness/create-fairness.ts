// Who is worked for next: each tenant within its own quota, and turns in a round between those who wait. One for all doors.
import { Fault, type Quota, type Tenant } from '@tessera/base';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** A place among those that are worked for. */
export interface Place {
  /** Gives it back; a second time does nothing. */
  leave(): void;
}
export interface RateState {
  readonly perMinute: number;
  readonly left: number;
  /** Seconds until one more request is granted, where none is left. */
  readonly waitSeconds: number;
}
export interface Fairness {
  /** A place for one piece of work; waits for its turn. QUOTA_EXCEEDED at once where the tenant asked too often or too many of its requests wait. */
  enter(tenant: Tenant, signal?: AbortSignal): Promise<Place>;
  /** Does the work in a place of its own and gives it back, however the work ends. What every door calls. */
  admit<T>(tenant: Tenant, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  rate(tenant: Tenant): RateState;
  /** For metrics: how much is going on. */
  readonly counts: () => { readonly running: number; readonly waiting: number; readonly tenants: number };
}
export interface FairnessNeeds {
  readonly quotaOf: (tenant: Tenant) => Quota;
  /** Places in all. More than any one tenant may hold, or that tenant could keep all others out. */
  readonly places: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

interface Waiter {
  readonly start: () => void;
}
interface Lane {
  readonly quota: Quota;
  readonly bucket: TokenBucket;
  readonly waiting: Set<Waiter>;
  running: number;
  /** Turns left in this round (deficit round robin, Shreedhar and Varghese 1995; every request costs one). */
  turns: number;
}

const rememberedLanes = 1_000;
/** Of a minute's requests, how many may come at once: opening a page asks a dozen questions together. */
const burstShare = 1 / 6;

export function createFairness({ quotaOf, places, now }: FairnessNeeds): Fairness {
  const lanes = new Map<Tenant, Lane>();
  /** Lanes in which somebody waits, in the order of their turns. */
  const round: Lane[] = [];
  let running = 0;

  function laneOf(tenant: Tenant): Lane {
    const known = lanes.get(tenant);
    if (known) return known;
    if (lanes.size >= rememberedLanes) forgetIdle();
    const quota = quotaOf(tenant);
    const capacity = Math.max(1, Math.floor(quota.perMinute * burstShare));
    const lane: Lane = {
      quota,
      bucket: createTokenBucket(capacity, quota.perMinute, now()),
      waiting: new Set(),
      running: 0,
      turns: 0,
    };
    lanes.set(tenant, lane);
    return lane;
  }
  /** A lane that is as a new one would be says nothing. */
  function forgetIdle(): void {
    for (const [tenant, { running: busy, waiting, bucket }] of lanes)
      if (busy === 0 && waiting.size === 0 && bucket.isFull(now())) lanes.delete(tenant);
  }

  /** The next waiter whose tenant has a turn and room; undefined where there is none. */
  function nextWaiter(): [Lane, Waiter] | undefined {
    for (let tried = round.length; tried > 0; tried -= 1) {
      const lane = round[0];
      if (!lane) return undefined;
      const [waiter] = lane.waiting;
      if (!waiter || lane.running >= lane.quota.concurrent) {
        round.shift();
        lane.turns = 0;
        if (waiter) round.push(lane);
        continue;
      }
      if (lane.turns < 1) lane.turns = lane.quota.weight;
      lane.turns -= 1;
      lane.waiting.delete(waiter);
      if (lane.turns < 1 || lane.waiting.size === 0) {
        round.shift();
        if (lane.waiting.size > 0) round.push(lane);
      }
      return [lane, waiter];
    }
    return undefined;
  }
  function pump(): void {
    while (running < places) {
      const next = nextWaiter();
      if (!next) return;
      const [lane, waiter] = next;
      lane.running += 1;
      running += 1;
      waiter.start();
    }
  }
  function placeIn(lane: Lane): Place {
    let isLeft = false;
    return {
      leave() {
        if (isLeft) return;
        isLeft = true;
        lane.running -= 1;
        running -= 1;
        pump();
      },
    };
  }

  async function enter(tenant: Tenant, signal?: AbortSignal): Promise<Place> {
    const lane = laneOf(tenant);
    if (signal?.aborted) throw new Fault('QUERY_CANCELLED', {});
    if (!lane.bucket.take(now()))
      throw new Fault('QUOTA_EXCEEDED', {
        limit: `${lane.quota.perMinute} requests a minute`,
        waitSeconds: Math.ceil(lane.bucket.waitMs(now()) / 1000),
      });
    const hasRoom = running < places && lane.running < lane.quota.concurrent && lane.waiting.size === 0;
    if (!hasRoom && lane.waiting.size >= lane.quota.queued)
      throw new Fault('QUOTA_EXCEEDED', { limit: `${lane.quota.queued} waiting requests`, waitSeconds: 1 });
    return new Promise<Place>((resolve, reject) => {
      const giveUp = () => {
        lane.waiting.delete(waiter);
        reject(new Fault('QUERY_CANCELLED', {}));
      };
      const waiter: Waiter = {
        start: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve(placeIn(lane));
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      if (lane.waiting.size === 0 && !round.includes(lane)) round.push(lane);
      lane.waiting.add(waiter);
      pump();
    });
  }

  return {
    enter,
    async admit(tenant, work, signal) {
      const place = await enter(tenant, signal);
      try {
        return await work();
      } finally {
        place.leave();
      }
    },
    rate(tenant) {
      const { bucket, quota } = laneOf(tenant);
      const at = now();
      return { perMinute: quota.perMinute, left: bucket.left(at), waitSeconds: Math.ceil(bucket.waitMs(at) / 1000) };
    },
    counts: () => ({
      running,
      waiting: [...lanes.values()].reduce((sum, { waiting }) => sum + waiting.size, 0),
      tenants: lanes.size,
    }),
  };
}
