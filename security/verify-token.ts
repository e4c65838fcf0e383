// Access tokens: RS256 from a known issuer, for us, from a known client, not expired. Everything else is one and the same refusal.
import { createHash } from 'node:crypto';
import { asFault, type Clock, Fault } from '@tessera/base';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { hasDuplicateKeys } from './duplicate-keys.ts';
import { type Access, parseClaims } from './parse-claims.ts';

export interface Issuer {
  /** Compared character by character with `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Client ids whose tokens are taken (`client_id`, or Okta's `cid`). */
  readonly clients: readonly string[];
}

export interface VerifierNeeds {
  readonly issuers: readonly Issuer[];
  readonly now: Clock;
  /** Replaces the look-up of an issuer's keys; the default reads them from its discovery document. */
  readonly keysOf?: (issuer: Issuer) => Promise<JWTVerifyGetKey>;
}

export type VerifyToken = (token: string) => Promise<Access>;

const clockSkewSeconds = 30;
const rememberedTokens = 10_000;
/** Keys are used this long without asking again, so that a key taken away is dead within ten minutes (RFC 8725 §3.1 leaves it to us). */
const keysMaxAgeMs = 10 * 60_000;
const segment = /^[A-Za-z0-9_-]+$/;

/**
 * Makes the verifier. It refuses with TOKEN_INVALID (401) whatever is wrong with a token, without saying what; CLAIM_REFUSED (403) where the token
 * is good but its claims are not; ISSUER_UNAVAILABLE (503) where keys are needed and cannot be had.
 */
export function createTokenVerifier({ issuers, now, keysOf = discoverKeys }: VerifierNeeds): VerifyToken {
  const known = new Map(issuers.map((issuer) => [issuer.issuer, issuer]));
  const keys = new Map<string, Promise<JWTVerifyGetKey>>();
  const remembered = new Map<string, Access>();

  function keysFor(issuer: Issuer): Promise<JWTVerifyGetKey> {
    const waiting = keys.get(issuer.issuer);
    if (waiting) return waiting;
    const found = keysOf(issuer);
    keys.set(issuer.issuer, found);
    // A failed discovery is not kept: the next request asks again.
    found.catch(() => keys.delete(issuer.issuer));
    return found;
  }

  return async (token) => {
    const hash = createHash('sha256').update(token).digest('base64url');
    const before = remembered.get(hash);
    if (before && now().getTime() / 1000 < before.expiresAt + clockSkewSeconds) return before;
    remembered.delete(hash);

    const issuer = known.get(readIssuer(token));
    if (!issuer) throw new Fault('TOKEN_INVALID', {});
    const access = await readAccess(token, issuer, await keysFor(issuer), now());
    if (remembered.size >= rememberedTokens) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(hash, access);
    return access;
  };
}

/** The payload's `iss`, read before the signature only to choose among issuers that we know; nothing is fetched for others. */
function readIssuer(token: string): string {
  const parts = token.split('.');
  if (token.length > 16_384 || parts.length !== 3 || !parts.every((part) => segment.test(part)))
    throw new Fault('TOKEN_INVALID', {});
  try {
    const [header, payload] = parts.slice(0, 2).map((part) => Buffer.from(part, 'base64url').toString('utf8')) as [
      string,
      string,
    ];
    const { iss } = JSON.parse(payload) as { iss?: unknown };
    const { kid } = JSON.parse(header) as { kid?: unknown };
    if (typeof iss !== 'string' || typeof kid !== 'string' || hasDuplicateKeys(payload) || hasDuplicateKeys(header)) {
      throw new Fault('TOKEN_INVALID', {});
    }
    return iss;
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('TOKEN_INVALID', {}, { cause: error });
  }
}

async function readAccess(token: string, issuer: Issuer, keys: JWTVerifyGetKey, now: Date): Promise<Access> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: issuer.issuer,
      audience: issuer.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: clockSkewSeconds,
      currentDate: now,
    });
    const client = payload.client_id ?? payload.cid;
    const isForUsAlone = payload.aud === issuer.audience || (Array.isArray(payload.aud) && payload.aud.length === 1);
    const isFromFuture = (payload.iat ?? 0) > now.getTime() / 1000 + clockSkewSeconds;
    if (!isForUsAlone || isFromFuture || typeof client !== 'string' || !issuer.clients.includes(client)) {
      throw new Fault('TOKEN_INVALID', {});
    }
    return parseClaims(payload, client);
  } catch (error) {
    if (error instanceof Fault) throw error;
    if (isKeyOutage(error)) throw new Fault('ISSUER_UNAVAILABLE', {}, { cause: error });
    throw new Fault('TOKEN_INVALID', {}, { cause: error });
  }
}

const outageCodes: ReadonlySet<string> = new Set([
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
  'ERR_JOSE_GENERIC',
]);

/** An outage of the issuer rather than a fault of the token: jose could not fetch or read the key set. */
function isKeyOutage(error: unknown): boolean {
  return error instanceof errors.JOSEError ? outageCodes.has(error.code) : error instanceof TypeError;
}

async function discoverKeys({ issuer }: Issuer): Promise<JWTVerifyGetKey> {
  try {
    const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      redirect: 'error',
      signal: AbortSignal.timeout(5_000),
    });
    const { issuer: said, jwks_uri: jwksUri } = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
    if (said !== issuer || typeof jwksUri !== 'string') throw new Fault('ISSUER_UNAVAILABLE', {});
    return createRemoteJWKSet(new URL(jwksUri), {
      cacheMaxAge: keysMaxAgeMs,
      cooldownDuration: 10_000,
      timeoutDuration: 5_000,
    });
  } catch (error) {
    const fault = asFault(error);
    throw fault.code === 'ISSUER_UNAVAILABLE' ? fault : new Fault('ISSUER_UNAVAILABLE', {}, { cause: error });
  }
}
