// In charge of folders that an earlier process could not remove because it was killed.
import { readdir, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

/** Removes what is named `<prefix><process id>-…` in the folder, where that process has ended and no PostgreSQL answers there any more. */
export async function sweep(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid === undefined || Number(pid) === process.pid || isAlive(Number(pid))) continue;
    const left = path.join(folder, name);
    // Process ids of another container mean nothing here: an open socket does.
    if (await isServed(left)) continue;
    // What is another user's stays.
    await rm(left, { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The folder is that of a socket file, or that of data whose `postmaster.pid` names it in its fifth line. */
async function isServed(folder: string): Promise<boolean> {
  const told = await readFile(path.join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const socketFolder = told.split('\n')[4] || folder;
  return new Promise((resolve) => {
    const socket = net.connect(path.join(socketFolder, '.s.PGSQL.5432'));
    const tell = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => tell(true));
    socket.once('error', () => tell(false));
  });
}
