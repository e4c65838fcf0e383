// Points in time: what a search saw when it began. Each answer carries a newer id, and only the newest two are accepted.
import type { Clock } from '@tessera/base';

export interface PointInTime {
  /** Number of documents stored when it was opened. */
  readonly visible: number;
  readonly indices: string;
  /** Ordered matches by query and sort, kept for the pages that follow. */
  readonly found: Map<string, Uint32Array>;
}

interface Kept extends PointInTime {
  until: number;
  generation: number;
}

export interface PointsInTime {
  open(visible: number, indices: string, keepAliveMs: number): string;
  /** Undefined when it does not exist, has expired, or the id is an old one. Prolongs it. */
  use(id: string, keepAliveMs: number | undefined): { readonly pit: PointInTime; readonly nextId: string } | undefined;
  close(ids: readonly string[]): number;
  openCount(): number;
}

/** They expire on `now`. */
export function createPointsInTime(now: Clock): PointsInTime {
  const kept = new Map<number, Kept>();
  let count = 0;
  const name = (number: number, generation: number) =>
    Buffer.from(`tessera-pit|${number}|${generation}`).toString('base64');
  const parse = (id: string) =>
    /^tessera-pit\|(\d+)\|(\d+)$/.exec(Buffer.from(id, 'base64').toString())?.slice(1).map(Number);
  return {
    open: (visible, indices, keepAliveMs) => {
      const pit: Kept = { visible, indices, found: new Map(), until: now().getTime() + keepAliveMs, generation: 0 };
      kept.set(++count, pit);
      return name(count, 0);
    },
    use: (id, keepAliveMs) => {
      const [number = 0, generation = 0] = parse(id) ?? [];
      const pit = kept.get(number);
      if (!pit) return undefined;
      if (pit.until < now().getTime()) kept.delete(number);
      if (pit.until < now().getTime() || generation < pit.generation - 1) return undefined;
      pit.generation = Math.max(pit.generation, generation + 1);
      if (keepAliveMs !== undefined) pit.until = now().getTime() + keepAliveMs;
      return { pit, nextId: name(number, generation + 1) };
    },
    close: (ids) => ids.filter((id) => kept.delete(parse(id)?.[0] ?? 0)).length,
    openCount: () => kept.size,
  };
}

/** `1m`, `30s`; undefined for none or nonsense. */
export function keepAlive(text: unknown): number | undefined {
  const match = typeof text === 'string' ? /^(\d+)(ms|s|m|h|d)$/.exec(text) : null;
  const unit: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
  return match ? Number(match[1]) * (unit[match[2] ?? ''] ?? 0) : undefined;
}
