// Step-up: some acts want a person who signed in just now, with a second factor (RFC 9470). What was good enough for reading is not for these.
import { type Clock, Fault } from '@tessera/base';
import type { Access } from './parse-claims.ts';

export const stepUpMaxAgeSeconds = 600;
const skewSeconds = 30;

/** Kinds of proof by RFC 8176's names; two of different kinds are two factors. A name that is not here proves nothing. */
const kinds: Readonly<Record<string, string>> = {
  pwd: 'knowledge',
  pin: 'knowledge',
  kba: 'knowledge',
  otp: 'possession',
  hwk: 'possession',
  swk: 'possession',
  sc: 'possession',
  sms: 'possession',
  tel: 'possession',
  fpt: 'inherence',
  face: 'inherence',
  iris: 'inherence',
  retina: 'inherence',
  vbm: 'inherence',
};

/** `mfa` is the issuer's own word for it. */
export const hasTwoFactors = (amr: readonly string[]): boolean =>
  amr.includes('mfa') ||
  new Set(amr.flatMap((method) => (Object.hasOwn(kinds, method) ? [kinds[method]] : []))).size >= 2;

/** STEP_UP_NEEDED without two factors, without the time of the sign-in, or where that is longer ago than ten minutes or not yet. */
export function checkStepUp({ amr, authTime }: Pick<Access, 'amr' | 'authTime'>, now: Clock): void {
  const age = authTime === undefined ? Number.NaN : now().getTime() / 1000 - authTime;
  const isRecent = age <= stepUpMaxAgeSeconds && age >= -skewSeconds;
  if (!isRecent || !hasTwoFactors(amr)) throw new Fault('STEP_UP_NEEDED', { maxAgeSeconds: stepUpMaxAgeSeconds });
}

/** The challenge by which a client knows what to ask its issuer for. The value is OpenID's name for two factors. */
export const stepUpChallenge = `Bearer realm="tessera", error="insufficient_user_authentication", error_description="A sign-in with a second factor within ${stepUpMaxAgeSeconds} seconds is needed", acr_values="http://schemas.openid.net/pape/policies/2007/06/multi-factor", max_age="${stepUpMaxAgeSeconds}"`;
