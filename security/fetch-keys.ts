// Reads an issuer's discovery document and its key set. Bounded in time and size, follows no redirect, and takes only keys that can sign our tokens.
import { type Call, createCall, Fault } from '@tessera/base';
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

export interface AskNeeds {
  readonly timeoutMs?: number | undefined;
  /** How the issuer is called; by default only where the public internet leads, and on this machine where the issuer's own address names it. */
  readonly call?: Call | undefined;
  /** Told what the issuer's clock says, each time it says so. */
  readonly heardTime?: ((time: Date) => void) | undefined;
}

/**
 * The issuer's keys by id (OpenID Connect Discovery 1.0 §4, RFC 7517). Keys that cannot be used are skipped; ISSUER_UNAVAILABLE where the documents
 * cannot be had or hold no key at all, also where its name or its key set leads to an address that may not be called.
 */
export async function fetchKeys(
  issuer: string,
  { timeoutMs = 5_000, call = createCall(issuer, { networks: [] }), heardTime }: AskNeeds = {},
): Promise<KeySet> {
  // One limit for both documents.
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const wellKnown = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const discovery = discoverySchema.parse(await fetchJson(call, wellKnown, signal, heardTime));
    if (discovery.issuer !== issuer) throw new Fault('ISSUER_UNAVAILABLE', {});
    const { keys } = keySetSchema.parse(await fetchJson(call, discovery.jwks_uri, signal));
    const found = await usableKeys(keys);
    if (found.size === 0) throw new Fault('ISSUER_UNAVAILABLE', {});
    return found;
  } catch (error) {
    // Why is for the operator alone: whoever signs in cannot mend an address.
    const isTold = error instanceof Fault && error.code === 'ISSUER_UNAVAILABLE';
    throw isTold ? error : new Fault('ISSUER_UNAVAILABLE', {}, { cause: error });
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

async function fetchJson(
  call: Call,
  url: string,
  signal: AbortSignal,
  heardTime?: (time: Date) => void,
): Promise<unknown> {
  const answer = await call(url, { signal, headers: { accept: 'application/json' } });
  const time = timeOf(answer);
  if (time) heardTime?.(time);
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

/** When the answer left its origin, by that one's clock, and how long a cache on the way has kept it (RFC 9110 §6.6.1, RFC 9111 §5.1). */
function timeOf({ headers }: Response): Date | undefined {
  const sent = Date.parse(headers.get('date') ?? '');
  const age = headers.get('age') ?? '0';
  return Number.isNaN(sent) || !/^\d{1,9}$/.test(age) ? undefined : new Date(sent + Number(age) * 1000);
}
