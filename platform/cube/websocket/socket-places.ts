// How many sockets there may be: of one tenant, of one address that has not signed in, and in all. One tenant's tokens, or a stranger, keep nobody else out.
import type { Tenant } from '@tessera/base';

export interface SocketLimits {
  readonly sockets: number;
  readonly perTenant: number;
  /** That have not said who they are; they have five seconds for it. */
  readonly strangers: number;
  readonly strangersPerAddress: number;
}
const usual: SocketLimits = { sockets: 4_000, perTenant: 100, strangers: 200, strangersPerAddress: 50 };

export interface SocketPlace {
  /** False where the tenant has as many as it may. */
  signIn(tenant: Tenant): boolean;
  /** Gives it back; a second time does nothing. */
  leave(): void;
}
export interface SocketPlaces {
  readonly limits: SocketLimits;
  /** A place for a stranger, or who is full: this server, or his address. */
  enter(address: string | undefined): SocketPlace | 'server' | 'address';
}

export function createSocketPlaces(own: Partial<SocketLimits> = {}): SocketPlaces {
  const limits = { ...usual, ...own };
  const ofTenants = createCounts();
  const ofAddresses = createCounts();
  return {
    limits,
    enter(from) {
      const address = from ?? '';
      const strangers = ofAddresses.sum();
      if (ofTenants.sum() + strangers >= limits.sockets || strangers >= limits.strangers) return 'server';
      if (ofAddresses.of(address) >= limits.strangersPerAddress) return 'address';
      ofAddresses.add(address, 1);
      let leave = () => ofAddresses.add(address, -1);
      return {
        signIn(tenant) {
          if (ofTenants.of(tenant) >= limits.perTenant) return false;
          leave();
          ofTenants.add(tenant, 1);
          leave = () => ofTenants.add(tenant, -1);
          return true;
        },
        leave() {
          leave();
          leave = () => {};
        },
      };
    },
  };
}

/** Names that count nothing are forgotten. */
function createCounts() {
  const counts = new Map<string, number>();
  let sum = 0;
  return {
    sum: () => sum,
    of: (name: string) => counts.get(name) ?? 0,
    add(name: string, change: 1 | -1): void {
      sum += change;
      const count = (counts.get(name) ?? 0) + change;
      if (count > 0) counts.set(name, count);
      else counts.delete(name);
    },
  };
}
