// Minted tokens until they are used: one small file each. Using one moves its file, which can only succeed once, whoever tries and however often we restart.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, Fault } from '@tessera/base';
import { type EmbedGrant, mintedLifeMs } from './contract.ts';

export interface StoredGrant {
  readonly id: string;
  readonly expiresAt: number;
  readonly grant: EmbedGrant;
}

export interface GrantStore {
  /** Durable when it resolves. */
  put(grant: EmbedGrant): Promise<StoredGrant & { readonly token: string }>;
  /** What an id was minted for, used or not; undefined where there was none in the last minutes. */
  peek(id: string): Promise<StoredGrant | undefined>;
  /** TOKEN_INVALID where it is none of ours or too old, EMBED_USED where it was used before; the grant is told for the trail. */
  use(token: string): Promise<StoredGrant>;
}

interface Kept extends StoredGrant {
  /** SHA-256 of the secret half; the half itself is nowhere. */
  readonly secret: string;
}

const form = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
const sha256 = (text: string) => createHash('sha256').update(text).digest();

export function createGrantStore(folder: string, now: Clock): GrantStore {
  const minted = path.join(folder, 'minted');
  const used = path.join(folder, 'used');
  const fileOf = (id: string, where = minted) => path.join(where, `${id}.json`);

  async function readKept(id: string): Promise<(Kept & { readonly isUsed: boolean }) | undefined> {
    if (!/^[A-Za-z0-9_-]{22}$/.test(id)) return undefined;
    for (const where of [minted, used]) {
      const text = await readFile(fileOf(id, where), 'utf8').catch(() => undefined);
      if (text !== undefined) return { ...(JSON.parse(text) as Kept), isUsed: where === used };
    }
    return undefined;
  }

  /** Files are kept for some minutes longer than their tokens, so that a second use is called one. */
  async function forgetOld(): Promise<void> {
    for (const where of [minted, used]) {
      for (const name of await readdir(where)) {
        const file = path.join(where, name);
        const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
        if (mtimeMs < now().getTime() - 4 * mintedLifeMs) await unlink(file).catch(() => {});
      }
    }
  }

  return {
    async put(grant) {
      await mkdir(minted, { recursive: true, mode: 0o700 });
      await mkdir(used, { recursive: true, mode: 0o700 });
      await forgetOld();
      const id = randomBytes(16).toString('base64url');
      const secret = randomBytes(32).toString('base64url');
      const expiresAt = Math.min(now().getTime() + mintedLifeMs, grant.minter.expiresAt * 1000);
      const kept: Kept = { id, expiresAt, grant, secret: sha256(secret).toString('base64url') };
      const file = await open(fileOf(id), 'wx', 0o600);
      try {
        await file.writeFile(JSON.stringify(kept));
        await file.datasync();
      } finally {
        await file.close();
      }
      return { id, expiresAt, grant, token: `${id}.${secret}` };
    },
    peek: readKept,
    async use(token) {
      const [, id = '', secret = ''] = form.exec(token) ?? [];
      const kept = await readKept(id);
      if (!kept || !timingSafeEqual(sha256(secret), Buffer.from(kept.secret, 'base64url')))
        throw new Fault('TOKEN_INVALID', {});
      if (kept.isUsed) throw new Fault('EMBED_USED', {});
      if (now().getTime() >= kept.expiresAt) throw new Fault('TOKEN_INVALID', {});
      await rename(fileOf(id), fileOf(id, used)).catch(() => {
        throw new Fault('EMBED_USED', {});
      });
      // The move must outlive a crash, or the token would be good again.
      const moved = await open(used, 'r');
      await moved.sync().finally(() => moved.close());
      return kept;
    },
  };
}
