// Measuring one piece of work, and reading many measurements of it.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export interface Spent {
  /** Of all threads of this process, DuckDB's included. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

export async function spent(work: () => Promise<unknown>): Promise<Spent> {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - wall };
}

/** The same for one piece of several: what those before have thrown away is not this one's to collect. */
export async function spentAlone(work: () => Promise<unknown>): Promise<Spent> {
  collectGarbage();
  return spent(work);
}

/** The value below which the share `q` of the samples lies (nearest rank). */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1));
  const value = sorted[at];
  if (value === undefined) throw new RangeError('There is no quantile of no samples.');
  return value;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** Runs the pieces of work in turn, `times` rounds of each, so that a noisy moment meets all of them. */
export async function interleaved<K extends string>(
  times: number,
  works: Readonly<Record<K, () => Promise<Spent>>>,
): Promise<Record<K, Spent[]>> {
  const names = Object.keys(works) as K[];
  const all = Object.fromEntries(names.map((name) => [name, [] as Spent[]])) as Record<K, Spent[]>;
  for (let round = 0; round < times; round += 1) for (const name of names) all[name].push(await works[name]());
  return all;
}
