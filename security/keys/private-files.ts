// Small files that only we may read: written whole or not at all, and changed by one process at a time.
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from '@tessera/base';

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** Undefined where there is none; KEY_FILE_OPEN where others than the owner may read or write it. */
export async function readPrivate(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    // Of the open file, not of the name: no other can be put in its place in between.
    const { mode } = await handle.stat();
    if ((mode & 0o077) !== 0) throw new Fault('KEY_FILE_OPEN', { file, mode: (mode & 0o777).toString(8) });
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Beside its place, synced, moved there, and the folder synced: after a power cut there is the old or the new one. */
export async function writePrivate(file: string, content: string): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const partial = path.join(folder, `.${randomUUID()}.partial`);
  const handle = await open(partial, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file).catch(async (error: unknown) => {
    await rm(partial, { force: true });
    throw error;
  });
  await syncFolder(folder);
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Changes when the file does; undefined where there is none. */
export async function stampOf(file: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs, size } = await stat(file, { bigint: true });
    return `${ino}:${mtimeNs}:${size}`;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const turns = new Map<string, Promise<unknown>>();

/** Runs `work` while nobody else, in this process or another on this machine, is in the same folder. KEYS_BUSY after half a minute. */
export function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const place = path.resolve(folder);
  const held = async () => {
    const release = await lock(place);
    try {
      return await work();
    } finally {
      await release();
    }
  };
  const mine = (turns.get(place) ?? Promise.resolve()).then(held, held);
  turns.set(
    place,
    mine.catch(() => {}),
  );
  return mine;
}

async function lock(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'lock');
  for (const started = Date.now(); Date.now() - started < 30_000; await wait(20)) {
    const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') return undefined;
      throw error;
    });
    if (handle !== undefined) {
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    }
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (holder !== '' && isGone(Number(holder))) await breakLock(file, holder);
  }
  throw new Fault('KEYS_BUSY', { folder });
}

/** Ours is stale too: within this process turns are taken before the lock is. */
function isGone(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** Takes it away by its name, and puts it back where another took the stale one's place in between. */
async function breakLock(file: string, holder: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  const moved = await rename(file, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await readFile(aside, 'utf8')) !== holder) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}
