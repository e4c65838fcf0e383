// How often somebody may ask: a bucket that holds some requests and is filled at a steady rate (RFC 2697 calls it a committed rate and burst).

export interface TokenBucket {
  /** Takes one, or so many; false, and nothing taken, where the bucket has fewer. */
  take(now: number, amount?: number): boolean;
  /** Whole requests left. */
  left(now: number): number;
  /** Milliseconds until one, or so many, can be taken. */
  waitMs(now: number, amount?: number): number;
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
    take(now, amount = 1) {
      fill(now);
      if (level < amount) return false;
      level -= amount;
      return true;
    },
    left(now) {
      fill(now);
      return Math.floor(level);
    },
    waitMs(now, amount = 1) {
      fill(now);
      return level >= amount ? 0 : Math.ceil((amount - level) / perMs);
    },
    isFull(now) {
      fill(now);
      return level >= capacity;
    },
  };
}
