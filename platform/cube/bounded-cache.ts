// Cube's cache in memory with a bound: Cube's own keeps every answer of every tenant for a day in one object of the module.
import { createCancelablePromise } from '@cubejs-backend/shared';

interface Entry {
  readonly value: unknown;
  readonly bytes: number;
  readonly expiresAt: number;
}

export interface BoundedCache {
  get<R>(key: string): Promise<R | null>;
  set(key: string, value: unknown, expirationSeconds: number): Promise<{ key: string; bytes: number }>;
  remove(key: string): Promise<void>;
  keysStartingWith(prefix: string): Promise<string[]>;
  cleanup(): Promise<void>;
  testConnection(): Promise<void>;
  withLock: ReturnType<typeof createLocks>;
}

/** One cache, for one tenant at one release. What was used longest ago goes first when `maxBytes` is passed. */
export function createBoundedCache(maxBytes: number, now: () => number = Date.now): BoundedCache {
  const entries = new Map<string, Entry>();
  let held = 0;

  function drop(key: string): void {
    held -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  }
  function live(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry && entry.expiresAt <= now()) drop(key);
    return entries.get(key);
  }

  return {
    async get<R>(key: string) {
      const entry = live(key);
      if (!entry) return null;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value as R;
    },
    async set(key, value, expirationSeconds) {
      const bytes = Buffer.byteLength(JSON.stringify(value) ?? '') + key.length;
      drop(key);
      // An answer larger than the whole bound is served and not kept.
      if (bytes <= maxBytes) {
        entries.set(key, { value, bytes, expiresAt: now() + expirationSeconds * 1000 });
        held += bytes;
      }
      for (const oldest of entries.keys()) {
        if (held <= maxBytes) break;
        drop(oldest);
      }
      return { key, bytes };
    },
    async remove(key) {
      drop(key);
    },
    keysStartingWith: async (prefix) => [...entries.keys()].filter((key) => key.startsWith(prefix) && live(key)),
    async cleanup() {
      entries.clear();
      held = 0;
    },
    async testConnection() {},
    withLock: createLocks(now),
  };
}

/** Locks live apart from the entries, so that a full cache never loses one. */
function createLocks(now: () => number) {
  const locks = new Map<string, number>();
  return (key: string, work: () => Promise<unknown>, expirationSeconds = 60, freeAfter = true) =>
    createCancelablePromise(async (token) => {
      if ((locks.get(key) ?? 0) > now()) return false;
      locks.set(key, now() + expirationSeconds * 1000);
      try {
        await token.with(work());
        return true;
      } finally {
        if (freeAfter) locks.delete(key);
      }
    });
}
