// The machine that the figures are from: without it they mean nothing.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly commit: string;
  /** Runnable processes in the last minute, before anything was measured. */
  readonly load: number;
  readonly at: string;
}

/** A `+` behind the commit says that files differ from it. */
export function describeMachine(): Machine {
  const git = (...args: readonly string[]) => {
    const done = spawnSync('git', ['-C', import.meta.dirname, ...args], { encoding: 'utf8' });
    return done.status === 0 ? done.stdout.trim() : '';
  };
  const differs = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+';
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    commit: `${git('rev-parse', '--short', 'HEAD') || 'unknown'}${differs}`,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
    at: new Date().toISOString(),
  };
}

/** Share of the machine's time that others took (from the hypervisor) between two calls; undefined where the system does not tell. */
export function watchSteal(): () => number | undefined {
  const read = () => {
    try {
      const [, ...ticks] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).map(Number);
      return { all: ticks.slice(0, 8).reduce((sum, tick) => sum + tick, 0), stolen: ticks[7] ?? 0 };
    } catch {
      return undefined;
    }
  };
  const before = read();
  return () => {
    const now = read();
    return before === undefined || now === undefined || now.all === before.all
      ? undefined
      : (now.stolen - before.stolen) / (now.all - before.all);
  };
}
