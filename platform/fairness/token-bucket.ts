// How often somebody may ask: a bucket that holds some requests and is filled at a steady rate (RFC 2697 calls it a committed rate and burst).

export interface TokenBucket {
  /** Takes one; false where the bucket is empty. */
  take(now: number): boolean;
  /** Whole requests left. */
  left(now: number): number;
  /** Milliseconds until one can be taken. */
  waitMs(now: number): number;
  isFull(now: number): boolean;
}

/** `capacity` at once and `perMinute` in the long run. `now` is any clock in ms; one that goes back gives nothing. */
export function createTokenBucket(capacity: number, perMinute: number, start: number): TokenBucket {
  const perMs = perMinute / 60_000;
  let level = capacity;
  let filledAt = start;
  const fill = (now: number) => {
    if (now > filledAt) level = Math.min(capacity, level + (now - filledAt) * perMs);
    filledAt = now;
  };
  return {
    take(now) {
      fill(now);
      if (level < 1) return false;
      level -= 1;
      return true;
    },
    left(now) {
      fill(now);
      return Math.floor(level);
    },
    waitMs(now) {
      fill(now);
      return level >= 1 ? 0 : Math.ceil((1 - level) / perMs);
    },
    isFull(now) {
      fill(now);
      return level >= capacity;
    },
  };
}
