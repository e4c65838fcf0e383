// Objects as files under one folder: durable before acknowledged, never visible half written.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFile,
  writeFileSync,
} from 'node:fs';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@tessera/base';
import type { ObjectKey, ObjectStore } from './contract.ts';

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? 'unknown';
const full = new Set(['ENOSPC', 'EDQUOT']);

function storeFault(action: string, key: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  if (full.has(code)) return new Fault('STORE_FULL', { key }, { cause: error });
  return new Fault('STORE_FAILED', { action, key, reason: code }, { cause: error });
}

/**
 * What is smaller is read and written at once, and names are given at once: all of that is in the system's memory, and the way to another thread and back costs ten times as much
 * (a read has five, and a run some 700). Another thread waits for the disk: until what was written is durable, and for what is large.
 */
const small = 65_536;
const fsyncLater = promisify(fsync);
const writeLater = promisify(writeFile);

async function sync(path: string): Promise<void> {
  const file = openSync(path, 'r');
  try {
    await fsyncLater(file);
  } finally {
    closeSync(file);
  }
}

async function writeSynced(path: string, body: Uint8Array): Promise<void> {
  const file = openSync(path, 'wx');
  try {
    if (body.byteLength <= small) writeFileSync(file, body);
    else await writeLater(file, body);
    await fsyncLater(file);
  } finally {
    closeSync(file);
  }
}

/** The folder is made when first written to. Failures of the disk are STORE_FULL or STORE_FAILED, and then nothing is visible. */
export function createFolderStore(folder: string): ObjectStore {
  const root = resolve(folder);
  // Half-written files live outside every tenant's prefix; the leading dot keeps them out of every listing.
  const partial = join(root, '.partial');
  const pathOf = (key: ObjectKey) => join(root, key);
  const durable = new Set<string>();

  /** Makes a folder and its parents and syncs each name into its parent, once: else a power loss could take the whole branch. */
  async function makeFolder(path: string): Promise<void> {
    mkdirSync(path, { recursive: true });
    // Also where mkdir made nothing: whoever made it may not have synced it yet.
    for (let at = path; !durable.has(at) && at.length >= root.length; at = dirname(at)) {
      await sync(dirname(at));
      durable.add(at);
    }
  }

  /** What `move` says is handed on; whatever fails, nothing is visible under the key that was not before. */
  async function place<T>(key: ObjectKey, body: Uint8Array, move: (from: string, to: string) => T): Promise<T> {
    const from = join(partial, randomUUID());
    const to = pathOf(key);
    try {
      await makeFolder(partial);
      await makeFolder(dirname(to));
      await writeSynced(from, body);
      const moved = move(from, to);
      await sync(dirname(to));
      return moved;
    } catch (error) {
      throw storeFault('write', key, error);
    } finally {
      rmSync(from, { force: true });
    }
  }

  /** What the disk knows of a key's file, undefined where there is none. */
  function factsOf(key: ObjectKey, action: 'list' | 'read') {
    try {
      return statSync(pathOf(key), { throwIfNoEntry: false });
    } catch (error) {
      throw storeFault(action, key, error);
    }
  }

  async function* keys(prefix: ObjectKey, after?: ObjectKey): AsyncIterable<ObjectKey> {
    try {
      yield* walk(root, prefix, after ?? '');
    } catch (error) {
      throw storeFault('list', prefix, error);
    }
  }

  return {
    put: (key, body) => place(key, body, renameSync),

    putIfAbsent: (key, body) =>
      // link() fails where the name exists, in one step that no other writer can come between. The loser syncs the
      // folder too: the winner may not have yet, and whoever acts on "it exists" must be able to rely on it.
      place(key, body, (from, to) => {
        try {
          linkSync(from, to);
          return true;
        } catch (error) {
          if (codeOf(error) === 'EEXIST') return false;
          throw error;
        }
      }),

    async putFile(key, localPath) {
      const to = pathOf(key);
      try {
        await sync(localPath);
        await makeFolder(dirname(to));
        const { size } = statSync(localPath);
        try {
          renameSync(localPath, to);
        } catch (error) {
          if (codeOf(error) !== 'EXDEV') throw error;
          await makeFolder(partial);
          const copy = join(partial, randomUUID());
          await copyFile(localPath, copy);
          await sync(copy);
          renameSync(copy, to);
          unlinkSync(localPath);
        }
        await sync(dirname(to));
        return size;
      } catch (error) {
        throw storeFault('write', key, error);
      }
    },

    async get(key) {
      const found = factsOf(key, 'read');
      if (found === undefined) return undefined;
      try {
        return found.size <= small ? readFileSync(pathOf(key)) : await readFile(pathOf(key));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw storeFault('read', key, error);
      }
    },

    keys,

    async *list(prefix, after) {
      for await (const key of keys(prefix, after)) {
        const found = factsOf(key, 'list');
        if (found) yield { key, bytes: found.size, modifiedAt: found.mtime };
      }
    },

    async delete(key) {
      try {
        rmSync(pathOf(key), { force: true });
      } catch (error) {
        throw storeFault('delete', key, error);
      }
    },

    async localPath(key) {
      if (factsOf(key, 'read') === undefined) throw new Fault('OBJECT_MISSING', { key });
      return pathOf(key);
    },
  };
}

/** Depth-first in order of key: a folder sorts as its name with a slash, as S3 sorts. Branches that cannot match are not opened. */
async function* walk(root: string, prefix: string, after: string, at = ''): AsyncIterable<ObjectKey> {
  if (at === '' && prefix.includes('/')) at = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const entries = await readdir(join(root, at), { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const names = entries
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => at + entry.name + (entry.isDirectory() ? '/' : ''))
    .sort((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    const branch = name.endsWith('/');
    if (!name.startsWith(prefix) || (name <= after && !(branch && after.startsWith(name)))) continue;
    if (branch) yield* walk(root, prefix, after, name);
    else yield name as ObjectKey;
  }
}
