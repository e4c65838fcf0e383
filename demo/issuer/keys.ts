// The demo issuer's keys: made once and kept in the demo folder, so that a token outlives a restart.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

export interface IssuerKeys {
  /** Private RS256 key with its `kid`. */
  readonly signing: JWK & { readonly kid: string };
  readonly cookies: readonly string[];
}

/** Reads `issuer-keys.json` of the folder, or makes it; of two that make it at once the first wins. */
export async function issuerKeys(folder: string): Promise<IssuerKeys> {
  const file = path.join(folder, 'issuer-keys.json');
  const kept = await readIfThere(file);
  if (kept !== undefined) return JSON.parse(kept) as IssuerKeys;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const keys: IssuerKeys = {
    signing: { ...jwk, kid, alg: 'RS256', use: 'sig' },
    cookies: [randomBytes(32).toString('base64url')],
  };
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(file, JSON.stringify(keys), { flag: 'wx', mode: 0o600 });
    return keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(await readFile(file, 'utf8')) as IssuerKeys;
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
