// Who may run a tenant: numbered lease objects, each written once by put-if-absent. The number is the fence: a lower one may commit nothing any more.
import { randomUUID } from 'node:crypto';
import { Fault, type Tenant } from '@tessera/base';
import type { Lease, LeaseFacts, Leases, ObjectStore } from './contract.ts';
import { tenantKey } from './keys.ts';

export interface LeaseWorld {
  readonly now: () => Date;
  /** Milliseconds that only go forward, to watch a lease with. */
  readonly monotonic: () => number;
  /** True where the process is known to have ended: one of this machine. Undefined where nobody here can tell. */
  readonly hasEnded: (process: string) => boolean | undefined;
  /** This process, as `hasEnded` of a later one understands it. */
  readonly process: string;
}

/**
 * The tenant's leases. While one is held every commit of the same lake (Delta and release) first makes sure that it is still the newest;
 * LEASE_LOST where another worker has taken over.
 */
export function openLeases(
  store: ObjectStore,
  tenant: Tenant,
  world: LeaseWorld,
): Leases & { guard(): Promise<void>; fence(): number | undefined } {
  const keyOf = (fence: number) => tenantKey(tenant, 'leases', `${String(fence).padStart(12, '0')}.json`);
  const encode = (facts: LeaseFacts) => new TextEncoder().encode(JSON.stringify(facts));
  let watched: { readonly token: string; readonly beat: number; readonly since: number } | undefined;
  let held: { readonly lease: Lease; readonly check: () => Promise<void> } | undefined;
  /** Tokens of our own leases that are over, also where the disk that failed the work refused to note that, too. */
  const givenUp = new Set<string>();

  async function numbers(): Promise<number[]> {
    const found: number[] = [];
    for await (const key of store.keys(tenantKey(tenant, 'leases', ''))) {
      const number = /\/(\d+)\.json$/.exec(key);
      if (number) found.push(Number(number[1]));
    }
    return found;
  }
  async function newest(): Promise<LeaseFacts | undefined> {
    const last = (await numbers()).at(-1);
    const body = last === undefined ? undefined : await store.get(keyOf(last));
    return body === undefined ? undefined : (JSON.parse(new TextDecoder().decode(body)) as LeaseFacts);
  }

  /** Given back; run out by its own time; of a process that has ended; or without a heartbeat for as long as we have watched it. */
  function isOver(facts: LeaseFacts): boolean {
    if (facts.releasedAt !== undefined || givenUp.has(facts.token)) return true;
    if (world.hasEnded(facts.process)) return true;
    if (world.now().getTime() > Date.parse(facts.expiresAt)) return true;
    // A clock that was set back would keep a dead worker's lease alive for as long as it jumped.
    if (watched?.token !== facts.token || watched.beat !== facts.beat)
      watched = { token: facts.token, beat: facts.beat, since: world.monotonic() };
    return world.monotonic() - watched.since > facts.ttlMs;
  }

  async function take({ holder, ttlMs }: { readonly holder: string; readonly ttlMs: number }) {
    const before = await newest();
    if (before !== undefined && !isOver(before)) return undefined;
    const fence = (before?.fence ?? 0) + 1;
    const at = world.now();
    let facts: LeaseFacts = {
      fence,
      holder,
      process: world.process,
      token: randomUUID(),
      takenAt: at.toISOString(),
      beat: 0,
      ttlMs,
      expiresAt: new Date(at.getTime() + ttlMs).toISOString(),
    };
    if (!(await store.putIfAbsent(keyOf(fence), encode(facts)))) return undefined;
    for (const old of await numbers()) if (old < fence) await store.delete(keyOf(old));

    const check = async () => {
      const now = await newest();
      if (now?.token !== facts.token) throw new Fault('LEASE_LOST', { tenant, fence, newest: now?.fence ?? fence });
    };
    const lease: Lease = {
      fence,
      check,
      async beat() {
        // Asked before writing: a heartbeat must not bring a lease back that was cleared away.
        await check();
        const expires = new Date(world.now().getTime() + ttlMs).toISOString();
        facts = { ...facts, beat: facts.beat + 1, expiresAt: expires };
        await store.put(keyOf(fence), encode(facts));
        await check();
      },
      async release() {
        if (held?.lease === lease) held = undefined;
        givenUp.add(facts.token);
        const now = await newest();
        if (now?.token !== facts.token) return;
        await store.put(keyOf(fence), encode({ ...facts, releasedAt: world.now().toISOString() }));
        givenUp.delete(facts.token);
      },
    };
    held = { lease, check };
    return lease;
  }

  return {
    take,
    newest,
    guard: async () => held?.check(),
    fence: () => held?.lease.fence,
  };
}
