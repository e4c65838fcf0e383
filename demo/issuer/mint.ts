// Access tokens without a browser, signed by the demo issuer's own key.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Settings, Tenant } from '@tessera/base';
import { importJWK, SignJWT } from 'jose';
import { issuerKeys } from './keys.ts';

export const audience = 'api://tessera';
export const appClientId = 'tessera-app';
export const cliClientId = 'tessera-cli';

export interface TokenRequest {
  readonly tenant: Tenant;
  /** E-mail of the person; also the subject. */
  readonly user: string;
  readonly groups: readonly string[];
  readonly ttlSeconds: number;
  readonly name?: string | undefined;
  readonly org?: string | undefined;
  readonly region?: string | undefined;
  readonly teams?: readonly string[] | undefined;
  readonly clearance?: string | undefined;
  /** How and when the person signed in; with a password and a second factor, just now, unless said. */
  readonly amr?: readonly string[] | undefined;
  readonly authTime?: number | undefined;
}

type Where = Pick<Settings, 'home' | 'host' | 'demoPort'>;

/** The demo issuer's name, which is also where its discovery document begins. */
export function demoIssuerUrl({ host, demoPort }: Pick<Settings, 'host' | 'demoPort'>): string {
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${demoPort}/oidc`;
}

export const demoFolder = ({ home }: Pick<Settings, 'home'>) => path.join(home, 'demo');

/** A token as the issuer would give it after a sign-in; the issuer need not run. */
export function mintDemoToken(settings: Where, request: TokenRequest): Promise<string> {
  return mintToken(demoIssuerUrl(settings), demoFolder(settings), request);
}

export async function mintToken(issuer: string, keysFolder: string, request: TokenRequest): Promise<string> {
  const { signing } = await issuerKeys(keysFolder);
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    client_id: cliClientId,
    tenant_id: request.tenant,
    groups: request.groups,
    email: request.user,
    name: request.name ?? request.user,
    org: request.org,
    region: request.region,
    teams: request.teams,
    clearance: request.clearance,
    amr: request.amr ?? ['pwd', 'mfa'],
    auth_time: request.authTime ?? now,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: signing.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(request.user)
    .setIssuedAt(now)
    .setExpirationTime(now + request.ttlSeconds)
    .setJti(randomUUID())
    .sign(await importJWK(signing, 'RS256'));
}
