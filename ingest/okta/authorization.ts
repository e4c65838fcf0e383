// How a call to Okta is authorised: an API token as it is, or access tokens of a service app (client_credentials, private_key_jwt, RFC 7523).
import { randomUUID } from 'node:crypto';
import { type Clock, Fault } from '@tessera/base';
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { ConnectorNeeds } from '../contract.ts';
import { createTokenSource } from '../token-source.ts';
import { callVendor, readJson } from '../vendor-call.ts';
import type { OktaSettings } from './settings.ts';

/** Everything that the streams need. */
export const oktaScopes = ['okta.logs.read', 'okta.users.read', 'okta.groups.read'] as const;

export interface OktaAuthorization {
  /** Value of the Authorization header. */
  header(): Promise<string>;
  /** Called when the vendor answered 401: true where another try with a new token makes sense. */
  refused(header: string): boolean;
}

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  scope: z.string(),
});

/** A service app that was granted more than the streams need is SOURCE_OVERSCOPED at its first token; what an API token may do, Okta does not tell. */
export function authorizeOkta({
  settings,
  web,
  now,
}: Pick<ConnectorNeeds<OktaSettings>, 'settings' | 'web' | 'now'>): OktaAuthorization {
  const { url, token, clientId, privateKeyJwk } = settings;
  if (token !== undefined) return { header: async () => `SSWS ${token}`, refused: () => false };
  const tokenUrl = `${url}/oauth2/v1/token`;
  const tokens = createTokenSource(async () => {
    const assertion = await signAssertion(clientId ?? '', privateKeyJwk ?? '', tokenUrl, now);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: oktaScopes.join(' '),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    const answer = await callVendor('okta', web, now, {
      method: 'POST',
      url: tokenUrl,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    const granted = readJson('okta', tokenAnswer, answer);
    const excess = granted.scope.split(' ').filter((scope) => !oktaScopes.some((needed) => needed === scope));
    if (excess.length > 0) throw new Fault('SOURCE_OVERSCOPED', { source: 'okta', scopes: excess.sort().join(', ') });
    return { value: granted.access_token, lifetimeMs: granted.expires_in * 1000 };
  }, now);
  return {
    header: async () => `Bearer ${await tokens.token()}`,
    refused(header) {
      tokens.forget(header.slice('Bearer '.length));
      return true;
    },
  };
}

async function signAssertion(clientId: string, privateKeyJwk: string, audience: string, now: Clock): Promise<string> {
  const unusable = (cause: unknown) =>
    new Fault(
      'SOURCE_SETTINGS_INVALID',
      { source: 'okta', at: 'privateKeyJwk', problem: 'not a private key as JWK' },
      { cause },
    );
  try {
    const jwk = JSON.parse(privateKeyJwk) as Record<string, string>;
    const alg = jwk.alg ?? (jwk.kty === 'EC' ? 'ES256' : 'RS256');
    const seconds = Math.floor(now().getTime() / 1000);
    return await new SignJWT({})
      .setProtectedHeader({ alg, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 300)
      .setJti(randomUUID())
      .sign(await importJWK(jwk, alg));
  } catch {
    // Its text might quote the key.
    throw unusable(undefined);
  }
}
