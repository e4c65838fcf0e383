// Access tokens: RS256 from a known issuer, for us, from a known client, not expired. Everything else is one and the same refusal.
import { createHash } from 'node:crypto';
import { type Clock, createCall, Fault, type Observe, observeNothing } from '@tessera/base';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { hasDuplicateKeys } from './duplicate-keys.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import type { Issuer } from './issuers.ts';
import { type Access, parseClaims } from './parse-claims.ts';

export interface VerifierNeeds {
  readonly issuers: readonly Issuer[];
  readonly now: Clock;
  /** Replaces the look-up of an issuer's keys by ones that never change; the default reads them from its discovery document. */
  readonly keysOf?: (issuer: Issuer) => Promise<JWTVerifyGetKey>;
  /** Seconds that a token is good for at most, whatever it says of itself: by then at the latest a right that the issuer took away is gone. A day where nothing is said. */
  readonly maxAgeSeconds?: number | undefined;
  /** How long an issuer may take to answer. */
  readonly issuerTimeoutMs?: number;
  /** Networks of one's own (CIDR) in which issuers may be called. */
  readonly networks?: readonly string[];
  /** Hears how far this machine's clock is from an issuer's. */
  readonly observe?: Observe;
}

export type VerifyToken = (token: string) => Promise<Access>;

const clockSkewSeconds = 30;
/** The longest life that Okta gives an access token; what is older was kept by somebody who should not. */
const longestAgeSeconds = 86_400;
const rememberedTokens = 10_000;
const segment = /^[A-Za-z0-9_-]+$/;
const keyId = /^[\w.~+/=-]{1,200}$/;
const tokenTypes: ReadonlySet<unknown> = new Set([undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt']);
/** Headers by which a token would bring its own key. */
const keyBringers = ['jku', 'x5u', 'jwk', 'x5c'];

/** How an issuer's keys are found, and which state of them a remembered token was verified with. */
interface Keys {
  readonly get: JWTVerifyGetKey;
  readonly generation: () => number | undefined;
}
interface Remembered {
  readonly access: Access;
  readonly keys: Keys;
  readonly generation: number | undefined;
}

/**
 * Makes the verifier. It refuses with TOKEN_INVALID (401) whatever is wrong with a token, without saying what; CLAIM_REFUSED (403) where the token
 * is good but its claims are not, or its issuer may not speak for its tenant; ISSUER_UNAVAILABLE (503) where keys are needed and cannot be had.
 * A remembered token is verified anew as soon as its issuer's keys changed or are older than five minutes (RFC 8725 §3.1 leaves it to us).
 */
export function createTokenVerifier(needs: VerifierNeeds): VerifyToken {
  const { issuers, now, maxAgeSeconds = longestAgeSeconds } = needs;
  const known = new Map(
    issuers.map((issuer) => {
      const compare = comparing(issuer.issuer, needs);
      return [issuer.issuer, { issuer, compare, keys: keysFor(issuer, needs, compare) }];
    }),
  );
  const remembered = new Map<string, Remembered>();

  return async (token) => {
    const hash = createHash('sha256').update(token).digest('base64url');
    const before = remembered.get(hash);
    if (before && isStillGood(before, now())) return before.access;
    remembered.delete(hash);

    const found = known.get(readIssuer(token));
    if (!found) throw new Fault('TOKEN_INVALID', {});
    const { issuer, keys, compare } = found;
    const access = inTime(await readAccess(token, issuer, keys.get, now(), compare), maxAgeSeconds, now());
    if (remembered.size >= rememberedTokens) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(hash, { access, keys, generation: keys.generation() });
    return access;
  };
}

/** Ends with its own life or with ours for it, so that every session of it ends then, too. */
function inTime(access: Access, maxAgeSeconds: number, now: Date): Access {
  const expiresAt = Math.min(access.expiresAt, (access.issuedAt ?? 0) + maxAgeSeconds);
  if (now.getTime() / 1000 >= expiresAt + clockSkewSeconds) throw new Fault('TOKEN_INVALID', {});
  return Object.freeze({ ...access, expiresAt });
}

const isStillGood = ({ access, keys, generation }: Remembered, now: Date) =>
  generation !== undefined &&
  generation === keys.generation() &&
  now.getTime() / 1000 < access.expiresAt + clockSkewSeconds;

/** Tells of an issuer's time beside ours. What both agree on within a token's own tolerance is told, too: it ends an alarm. */
type Compare = (time: Date, by: 'answer' | 'token') => void;
const comparing =
  (issuer: string, { now, observe = observeNothing }: VerifierNeeds): Compare =>
  (time, by) =>
    observe({ event: 'clock.compared', issuer, by, ms: now().getTime() - time.getTime() });

function keysFor(issuer: Issuer, needs: VerifierNeeds, compare: Compare): Keys {
  const { now, keysOf, issuerTimeoutMs: timeoutMs, networks = [] } = needs;
  if (keysOf) {
    const found = keysOf(issuer);
    return { get: async (...args) => (await found)(...args), generation: () => 0 };
  }
  const keys = createIssuerKeys({
    issuer: issuer.issuer,
    now,
    timeoutMs,
    call: createCall(issuer.issuer, { networks }),
    heardTime: (time) => compare(time, 'answer'),
  });
  const get: JWTVerifyGetKey = async ({ kid }) => {
    const key = await keys.find(kid ?? '');
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  };
  return { get, generation: keys.generation };
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
    const said = JSON.parse(header) as Record<string, unknown>;
    if (typeof iss !== 'string' || !isOurHeader(said) || hasDuplicateKeys(payload) || hasDuplicateKeys(header)) {
      throw new Fault('TOKEN_INVALID', {});
    }
    return iss;
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('TOKEN_INVALID', {}, { cause: error });
  }
}

const isOurHeader = (header: Record<string, unknown>) =>
  header.alg === 'RS256' &&
  typeof header.kid === 'string' &&
  keyId.test(header.kid) &&
  tokenTypes.has(header.typ) &&
  !keyBringers.some((name) => Object.hasOwn(header, name));

async function readAccess(
  token: string,
  issuer: Issuer,
  keys: JWTVerifyGetKey,
  now: Date,
  compare: Compare,
): Promise<Access> {
  const payload = await readPayload(token, issuer, keys, now);
  // Its issuer signed it: made in our future, one of the two clocks is wrong. The token stays refused.
  if ((payload.iat ?? 0) > now.getTime() / 1000 + clockSkewSeconds)
    compare(new Date((payload.iat ?? 0) * 1000), 'token');
  // Okta says `cid`, others `client_id`; a token that says both must mean one.
  const client = payload.client_id ?? payload.cid;
  const isOneClient = payload.cid === undefined || payload.client_id === undefined || payload.cid === payload.client_id;
  const isForUsAlone = payload.aud === issuer.audience || (Array.isArray(payload.aud) && payload.aud.length === 1);
  if (
    !isForUsAlone ||
    !isOneClient ||
    typeof client !== 'string' ||
    !issuer.clients.includes(client) ||
    !isOfNow(payload, now)
  )
    throw new Fault('TOKEN_INVALID', {});
  const access = parseClaims(payload, client);
  if (issuer.tenants !== '*' && !issuer.tenants.includes(access.tenant))
    throw new Fault('CLAIM_REFUSED', { claim: 'tenant_id' });
  if (access.authTime !== undefined && access.authTime > now.getTime() / 1000 + clockSkewSeconds)
    throw new Fault('CLAIM_REFUSED', { claim: 'auth_time' });
  return access;
}

/** jose checks `exp` and `nbf` against the clock; here: whole seconds, issued in the past and not too long ago. */
function isOfNow({ iat, exp, nbf }: JWTPayload, now: Date): boolean {
  const seconds = now.getTime() / 1000;
  return (
    [iat, exp, nbf ?? 1].every((time) => Number.isSafeInteger(time) && (time ?? 0) > 0) &&
    (iat ?? 0) <= seconds + clockSkewSeconds &&
    (iat ?? 0) >= seconds - longestAgeSeconds
  );
}

async function readPayload(token: string, issuer: Issuer, keys: JWTVerifyGetKey, now: Date): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: issuer.issuer,
      audience: issuer.audience,
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: clockSkewSeconds,
      currentDate: now,
    });
    return payload;
  } catch (error) {
    throw error instanceof Fault ? error : new Fault('TOKEN_INVALID', {}, { cause: error });
  }
}
