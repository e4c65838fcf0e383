// Runs one of the benchmarks' programs as a process of its own, so that what it does is in no figure of ours.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** What `file` of this folder printed; throws with the end of its complaint where it fails. */
export function ownProcess(file: string, ...args: readonly string[]): string {
  const program = path.join(import.meta.dirname, file);
  const done = spawnSync(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', program, ...args], {
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`${file}: ${done.stderr.slice(-1500)}`);
  return done.stdout;
}
