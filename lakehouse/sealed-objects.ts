// Objects that hold what vendors sent are sealed under their tenant's key on their way to the store, and opened on their way back.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@tessera/base';
import type { ObjectKey, ObjectSealing, ObjectStore } from './contract.ts';

/** Enough of a store for raw pages and quarantined records. */
export interface SealedObjects extends Pick<ObjectStore, 'put' | 'get' | 'keys' | 'list'> {
  /** Lends local files with the plain bytes; those that had to be opened are gone when `use` has ended. */
  lend<T>(keys: readonly ObjectKey[], use: (paths: readonly string[]) => Promise<T>): Promise<T>;
  /** Lends a folder of one's own for files with plain bytes; it is gone when `use` has ended, or at the next start. */
  lendFolder<T>(use: (folder: string) => Promise<T>): Promise<T>;
}

/** What was stored before there were keys is read as it is. Without `sealing` everything is. */
export function sealObjects(store: ObjectStore, sealing: ObjectSealing | undefined, scratch: string): SealedObjects {
  const opened = join(scratch, 'opened');

  /** One whose seal is broken is lent as it lies: whoever reads it finds that it is nothing, and goes on with the others. */
  async function openInto(folder: string, key: ObjectKey, i: number): Promise<string> {
    const body = sealing === undefined ? undefined : await store.get(key);
    if (body === undefined || !sealing?.isSealed(body)) return store.localPath(key);
    const plain = await sealing.open(key, body).catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'SEAL_BROKEN') return undefined;
      throw error;
    });
    if (plain === undefined) return store.localPath(key);
    const path = join(folder, `${i}${key.slice(key.indexOf('.', key.lastIndexOf('/')))}`);
    await writeFile(path, plain, { mode: 0o600, flag: 'wx' });
    return path;
  }

  async function lendFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(opened, `${process.pid}-${randomUUID()}`);
    lent.add(folder);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
      lent.delete(folder);
    }
  }

  return {
    lendFolder,
    keys: (prefix, after) => store.keys(prefix, after),
    list: (prefix, after) => store.list(prefix, after),
    async put(key, body) {
      await store.put(key, sealing?.on ? await sealing.seal(key, body) : body);
    },
    async get(key) {
      const body = await store.get(key);
      return body !== undefined && sealing?.isSealed(body) ? sealing.open(key, body) : body;
    },
    async lend(keys, use) {
      if (sealing === undefined) return use(await Promise.all(keys.map((key) => store.localPath(key))));
      return lendFolder(async (folder) => {
        const paths: string[] = [];
        for (let i = 0; i < keys.length; i += atOnce)
          paths.push(...(await Promise.all(keys.slice(i, i + atOnce).map((key, n) => openInto(folder, key, i + n)))));
        return use(paths);
      });
    },
  };
}

const atOnce = 16;
const lent = new Set<string>();

/** Removes what processes that are gone had opened. */
export async function sweepOpened(scratch: string): Promise<void> {
  const opened = join(scratch, 'opened');
  for (const name of await readdir(opened).catch(() => [])) {
    const folder = join(opened, name);
    const pid = Number.parseInt(name, 10);
    // Our own number on a folder that we did not make was a process before us, as in a container.
    const isGone = pid === process.pid ? !lent.has(folder) : !isRunning(pid);
    if (isGone) await rm(folder, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
