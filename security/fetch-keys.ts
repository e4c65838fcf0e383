// Reads an issuer's discovery document and its key set. Bounded in time and size, follows no redirect, and takes only keys that can sign our tokens.
import { Fault } from '@tessera/base';
import { importJWK } from 'jose';
import { z } from 'zod';
import { isSafeUrl } from './issuers.ts';

export interface VerifyingKey {
  readonly key: CryptoKey;
  /** Tells two keys of one name apart. */
  readonly modulus: string;
}
export type KeySet = ReadonlyMap<string, VerifyingKey>;

const maxBytes = 1_000_000;
const maxKeys = 100;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string().refine(isSafeUrl) });
const keySetSchema = z.object({ keys: z.array(z.unknown()).max(maxKeys) });
/** Only the public half is read, whatever else is there. A key for encryption, or for another algorithm, verifies nothing here. */
const keySchema = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1).max(200),
  use: z.literal('sig').optional(),
  alg: z.literal('RS256').optional(),
  n: z.string().min(340),
  e: z.string().min(1),
});

/**
 * The issuer's keys by id (OpenID Connect Discovery 1.0 §4, RFC 7517). Keys that cannot be used are skipped; ISSUER_UNAVAILABLE where the documents
 * cannot be had or hold no key at all.
 */
export async function fetchKeys(issuer: string, timeoutMs: number): Promise<KeySet> {
  // One limit for both documents.
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const wellKnown = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const discovery = discoverySchema.parse(await fetchJson(wellKnown, signal));
    if (discovery.issuer !== issuer) throw new Fault('ISSUER_UNAVAILABLE', {});
    const { keys } = keySetSchema.parse(await fetchJson(discovery.jwks_uri, signal));
    const found = await usableKeys(keys);
    if (found.size === 0) throw new Fault('ISSUER_UNAVAILABLE', {});
    return found;
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('ISSUER_UNAVAILABLE', {}, { cause: error });
  }
}

async function usableKeys(keys: readonly unknown[]): Promise<KeySet> {
  const found = new Map<string, VerifyingKey>();
  const named = new Set<string>();
  for (const one of keys) {
    const parsed = keySchema.safeParse(one);
    if (!parsed.success) continue;
    const { kid, n, e } = parsed.data;
    // A name that two keys bear is no name: neither is taken.
    if (named.has(kid)) {
      found.delete(kid);
      continue;
    }
    named.add(kid);
    const key = await importJWK({ kty: 'RSA', n, e, alg: 'RS256' }, 'RS256').catch(() => undefined);
    if (key instanceof CryptoKey && key.type === 'public') found.set(kid, { key, modulus: n });
  }
  return found;
}

async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(url, { redirect: 'error', signal, headers: { accept: 'application/json' } });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Fault('ISSUER_UNAVAILABLE', {});
  }
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Fault('ISSUER_UNAVAILABLE', {});
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
