// Which request fails, decided by the seed and the request itself, so that a run fails the same way whatever the order of its requests.
import { createHash } from 'node:crypto';

export type FaultKind =
  | 'busy'
  | 'error500'
  | 'error503'
  | 'truncated'
  | 'expired'
  | 'slow'
  /** Elasticsearch: some shards failed, HTTP 200. */
  | 'partial'
  /** Elasticsearch: timed_out, HTTP 200. */
  | 'timed-out';

export interface FaultPlan {
  /** Share of the distinct requests that fail once, 0..1. */
  readonly rate: number;
  /** The same for calls made once a parent record. */
  readonly childRate: number;
  /** How long a slow answer takes. */
  readonly slowMs: number;
}

export const noFaults: FaultPlan = { rate: 0, childRate: 0, slowMs: 0 };
/** What `npm start` lives with: about one request in a hundred. */
export const demoFaults: FaultPlan = { rate: 0.01, childRate: 0.001, slowMs: 150 };

export interface FaultSchedule {
  /** The fault of this request, undefined for none. `spared`: only what `inject` ordered. */
  next(request: string, path: string, child: boolean): FaultKind | undefined;
  /** Orders faults for the next requests whose path matches, before the schedule's own. */
  inject(kind: FaultKind, times?: number, path?: RegExp): void;
}

/** `kinds` are those that the vendor can show. A request fails at most once: its repetition is served. */
export function createFaultSchedule(seed: string, plan: FaultPlan, kinds: readonly FaultKind[]): FaultSchedule {
  const served = new Set<string>();
  const ordered: { readonly kind: FaultKind; readonly path: RegExp | undefined; left: number }[] = [];

  const scheduled = (request: string, child: boolean): FaultKind | undefined => {
    const rate = child ? plan.childRate : plan.rate;
    if (rate <= 0) return undefined;
    const hash = createHash('sha256').update(seed).update('\n').update(request).digest();
    if (hash.readUInt32BE(0) / 2 ** 32 >= rate) return undefined;
    const key = hash.toString('base64', 0, 12);
    if (served.has(key)) return undefined;
    served.add(key);
    return kinds[hash.readUInt32BE(4) % kinds.length];
  };

  return {
    next: (request, path, child) => {
      const order = ordered.find((one) => one.left > 0 && (one.path?.test(path) ?? true));
      if (!order) return scheduled(request, child);
      order.left--;
      return order.kind;
    },
    inject: (kind, times = 1, path) => void ordered.push({ kind, path, left: times }),
  };
}
