// Seeded randomness: the same seed and label give the same numbers on every machine.

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Both ends included. */
  int(low: number, high: number): number;
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  weighted<T>(table: readonly (readonly [T, number])[]): T;
  normal(mean: number, deviation: number): number;
  /** Heavy-tailed, positive. */
  logNormal(median: number, sigma: number): number;
  text(alphabet: string, length: number): string;
  uuid(): string;
}

const hex = '0123456789abcdef';
export const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A generator of its own for each label, so that one more number here moves nothing there. */
export function random(seed: number, label: string): Random {
  const next = sfc32(`${seed}|${label}`);
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const normal = (mean: number, deviation: number) =>
    mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const text = (alphabet: string, length: number) => {
    let made = '';
    for (let i = 0; i < length; i++) made += alphabet[Math.floor(next() * alphabet.length)];
    return made;
  };
  const word = () =>
    Math.floor(next() * 4294967296)
      .toString(16)
      .padStart(8, '0');
  return {
    next,
    int,
    pick,
    normal,
    text,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    weighted(table) {
      let left = next() * table.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of table) {
        left -= weight;
        if (left < 0) return value;
      }
      return (table.at(-1) as (typeof table)[number])[0];
    },
    logNormal: (median, sigma) => median * Math.exp(normal(0, sigma)),
    uuid() {
      const [a, b, c, d] = [word(), word(), word(), word()];
      return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${hex[8 + (c.charCodeAt(0) % 4)]}${c.slice(1, 4)}-${c.slice(4)}${d}`;
    },
  };
}

function sfc32(label: string): () => number {
  let h = 0x811c9dc5;
  const state = [0, 0, 0].map((_, round) => {
    for (let i = 0; i < label.length; i++) h = Math.imul(h ^ (label.charCodeAt(i) + round), 0x01000193);
    return h >>> 0;
  });
  let [a, b, c] = state as [number, number, number];
  let d = 1;
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 15; i++) next();
  return next;
}
