// Names a process so that a later one of the same machine can tell whether it has ended, also where its number is in use again.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** When the process began, in the kernel's own count; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in brackets and may hold anything, spaces too.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

export const thisProcess = `${hostname()}/${process.pid}/${startOf(process.pid)}`;

/** True or false for a process of this machine, undefined for one of another. */
export function hasEnded(name: string): boolean | undefined {
  const [host, pid, start] = name.split('/');
  if (host !== hostname()) return undefined;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  return startOf(Number(pid)) !== start;
}
