// All holes or a share of them, on a workbench or two: first the tests without any hole, then each hole in turn, told as it ends.
import { doorMutants } from './door-mutants.ts';
import type { Mutant } from './mutant.ts';
import { securityMutants } from './security-mutants.ts';
import { sqlMutants } from './sql-mutants.ts';
import { openWorkbench, type Verdict, type Workbench } from './workbench.ts';

export const allMutants: readonly Mutant[] = [...securityMutants, ...doorMutants, ...sqlMutants];

/** `2/4`: the second of four. Holes that the same tests notice stay together, since those tests are run without a hole first. */
export function shareOf(mutants: readonly Mutant[], share: string): readonly Mutant[] {
  const [, text, ofText] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(share) ?? [];
  const [at, of] = [Number(text), Number(ofText)];
  if (!(at <= of)) throw new Error(`a share is written 1/4, not ${share}`);
  const list = [...Map.groupBy(mutants, ({ killer }) => killer).values()].flat();
  return list.slice(Math.floor(((at - 1) * list.length) / of), Math.floor((at * list.length) / of));
}

export interface Tried {
  /** Tests that fail without any hole: what they would say of one means nothing. */
  readonly failing: readonly string[];
  readonly killed: number;
  /** Holes that no test noticed, or that could not be opened, each with why. */
  readonly alive: readonly string[];
  readonly seconds: number;
}

export async function tryAll(
  mutants: readonly Mutant[],
  { workers, say }: { readonly workers: number; readonly say: (line: string) => void },
): Promise<Tried> {
  const startedAt = Date.now();
  const benches = Array.from({ length: workers }, openWorkbench);
  /** All benches work through the list. */
  async function share<T>(list: readonly T[], work: (bench: Workbench, one: T) => Promise<void>): Promise<void> {
    const left = [...list];
    await Promise.all(
      benches.map(async (bench) => {
        for (let one = left.shift(); one !== undefined; one = left.shift()) await work(bench, one);
      }),
    );
  }
  try {
    const failing: string[] = [];
    await share([...Map.groupBy(mutants, ({ killer }) => killer)], async (bench, [killer, all]) => {
      const names = all.map(({ only }) => only);
      const whole = names.includes(undefined) ? [] : names.filter((name) => name !== undefined);
      const problem = await bench.check(killer, whole);
      if (problem !== undefined) failing.push(`${killer}\n${problem}`);
    });
    const alive: string[] = [];
    await share(mutants, async (bench, mutant) => {
      const verdict = await bench.try(mutant);
      const line = `${mutant.file}: ${mutant.hole} (${said(verdict)})`;
      say(line);
      if (verdict.end !== 'killed') alive.push(line);
    });
    const seconds = (Date.now() - startedAt) / 1000;
    const each = mutants.length > 0 ? (seconds * workers) / mutants.length : 0;
    const killed = mutants.length - alive.length;
    say(`${killed} of ${mutants.length} killed in ${seconds.toFixed(0)} s, ${each.toFixed(1)} s of a process each`);
    return { failing, killed, alive, seconds };
  } finally {
    for (const bench of benches) bench.remove();
  }
}

function said(verdict: Verdict): string {
  if (verdict.end !== 'killed') return `${verdict.end}: ${verdict.problem}`;
  return `killed in ${verdict.seconds.toFixed(1)} s${verdict.byTimeout ? ', by its timeout' : ''}`;
}
