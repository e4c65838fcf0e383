// Rate limits as the vendors keep them, and the count of requests that a polite client would not have sent.

/** `window`: so many in a window that starts with its first request (Okta). `bucket`: refilled evenly (Graph, Jira). */
export interface MeterRule {
  readonly kind: 'window' | 'bucket';
  readonly limit: number;
  readonly perMs: number;
}

export interface Reading {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds since the epoch at which asking again makes sense. */
  readonly resetAt: number;
}

export interface Meters {
  /** Counts one request. */
  take(meter: string, now: number): Reading;
  /** What `take` would find, without counting. */
  peek(meter: string, now: number): Reading;
  /** The server told a client to leave `scope` alone until then. */
  tell(scope: string, until: number): void;
  /** Counts a violation when `scope` was to be left alone. */
  heed(scope: string, now: number): void;
  violate(): void;
  violations(): number;
}

interface State {
  start: number;
  used: number;
  level: number;
  at: number;
}

/** A timer may fire a millisecond or two early; that is no impatience. */
const earlyMs = 5;

/** Meters by name; an unknown name is unlimited. */
export function createMeters(rules: Readonly<Record<string, MeterRule>>): Meters {
  const states = new Map<string, State>();
  const told = new Map<string, number>();
  let violations = 0;

  const read = (meter: string, now: number, cost: 0 | 1): Reading => {
    const rule = rules[meter];
    if (!rule)
      return { allowed: true, limit: Number.MAX_SAFE_INTEGER, remaining: Number.MAX_SAFE_INTEGER, resetAt: now };
    const state = states.get(meter) ?? { start: now, used: 0, level: rule.limit, at: now };
    states.set(meter, state);
    return rule.kind === 'window' ? readWindow(rule, state, now, cost) : readBucket(rule, state, now, cost);
  };

  return {
    take: (meter, now) => read(meter, now, 1),
    peek: (meter, now) => read(meter, now, 0),
    tell: (scope, until) => void told.set(scope, Math.max(until, told.get(scope) ?? 0)),
    heed: (scope, now) => {
      const until = told.get(scope);
      if (until === undefined) return;
      if (now < until - earlyMs) violations++;
      else told.delete(scope);
    },
    violate: () => void violations++,
    violations: () => violations,
  };
}

function readWindow(rule: MeterRule, state: State, now: number, cost: 0 | 1): Reading {
  if (now >= state.start + rule.perMs) {
    state.start = now;
    state.used = 0;
  }
  const allowed = state.used + cost <= rule.limit;
  if (allowed) state.used += cost;
  return { allowed, limit: rule.limit, remaining: rule.limit - state.used, resetAt: state.start + rule.perMs };
}

function readBucket(rule: MeterRule, state: State, now: number, cost: 0 | 1): Reading {
  const rate = rule.limit / rule.perMs;
  state.level = Math.min(rule.limit, state.level + Math.max(0, now - state.at) * rate);
  state.at = now;
  const allowed = state.level >= cost;
  if (allowed) state.level -= cost;
  const missing = Math.max(0, 1 - state.level);
  return { allowed, limit: rule.limit, remaining: Math.floor(state.level), resetAt: now + Math.ceil(missing / rate) };
}
