// One process writes a store under one name: a lock file with the process's id and start time, so that one left by a crash is seen as left.
import { readFileSync } from 'node:fs';
import { open, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '@tessera/base';
import type { Writer } from './contract.ts';

/** Locks that this very process holds: its own id in a file says nothing after a restart under the same id. */
const held = new Set<string>();

/** Takes the lock, waiting up to `waitMs` for another process to finish; answers how to give it back. AUDIT_BUSY where it stays taken. */
export async function lockWriter(folder: string, writer: Writer, waitMs: number): Promise<() => Promise<void>> {
  const file = path.resolve(folder, `writer-${writer}.lock`);
  const me = `${process.pid} ${startOf(process.pid)}`;
  for (let waited = 0; ; waited += 100) {
    const holder = held.has(file) ? process.pid : await takeOrTell(file, me);
    if (holder === undefined) break;
    if (waited >= waitMs) throw new Fault('AUDIT_BUSY', { writer, pid: holder });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  held.add(file);
  return async () => {
    held.delete(file);
    await unlink(file).catch(() => {});
  };
}

/** Undefined when the lock is ours now, else the id of the process that has it. */
async function takeOrTell(file: string, me: string): Promise<number | undefined> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(me);
    await handle.close();
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const [pid = '', start = ''] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
  const holder = Number(pid);
  if (isRunning(holder) && startOf(holder) === start && holder !== process.pid) return holder;
  await unlink(file).catch(() => {});
  return takeOrTell(file, me);
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When the process began, as the system counts; '' where the system does not tell. Ids are given again, this is not. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
