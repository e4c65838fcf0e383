// OAuth access tokens of an Okta service app, which proves itself by a JWT signed with its private key (private_key_jwt).
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { Clock } from '@tessera/base';
import type { OktaApp } from '../credentials.ts';
import { type Answer, type Incoming, json } from '../exchange.ts';
import { oktaError } from './answers.ts';

interface Needs {
  readonly now: Clock;
  readonly overScoped: boolean;
  /** Undefined where the organisation has no service app. */
  readonly app: OktaApp | undefined;
}

/** Scope that a path needs. */
const scopeOf: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/v1\/logs/, 'okta.logs.read'],
  [/^\/api\/v1\/users/, 'okta.users.read'],
  [/^\/api\/v1\/groups/, 'okta.groups.read'],
  [/^\/api\/v1\/devices/, 'okta.devices.read'],
  [/^\/api\/v1\/org/, 'okta.orgs.read'],
];
const lifetimeMs = 3_600_000;

/** Issues and checks tokens; they age on `now`. */
export function oktaTokens({ now, overScoped, app }: Needs): {
  issue(request: Incoming): Answer;
  refuse(token: string, request: Incoming): Answer | undefined;
  revoke(): void;
} {
  const issued = new Map<string, { readonly until: number; readonly scopes: readonly string[] }>();
  return {
    issue: (request) => {
      const form = new URLSearchParams(request.body);
      if (form.get('grant_type') !== 'client_credentials') return refused('unsupported_grant_type', 400);
      const audience = `${request.base}${request.path}`;
      if (!app || !assertionHolds(form.get('client_assertion') ?? '', app, audience, now()))
        return refused('invalid_client', 401);
      const scopes = (form.get('scope') ?? '').split(' ').filter(Boolean);
      if (scopes.length === 0 || !scopes.every((scope) => /^okta\.\w+\.(read|manage)$/.test(scope)))
        return refused('invalid_scope', 400);
      const granted = overScoped ? [...scopes, 'okta.users.manage'] : scopes;
      const token = `okta-demo-${randomBytes(18).toString('base64url')}`;
      issued.set(token, { until: now().getTime() + lifetimeMs, scopes: granted });
      return json({
        token_type: 'Bearer',
        expires_in: lifetimeMs / 1000,
        access_token: token,
        scope: granted.join(' '),
      });
    },
    refuse: (token, request) => {
      const grant = issued.get(token);
      if (!grant || grant.until <= now().getTime()) return oktaError('E0000011');
      const needed = scopeOf.find(([path]) => path.test(request.path))?.[1];
      return needed === undefined || grant.scopes.includes(needed) ? undefined : oktaError('E0000006');
    },
    revoke: () => issued.clear(),
  };
}

const refused = (error: string, status: number): Answer =>
  json({ error, error_description: `The request was refused: ${error}.` }, status);

/** RS256 or ES256 by the app's registered key, issued for this token endpoint and not yet expired. */
function assertionHolds(assertion: string, app: OktaApp, audience: string, now: Date): boolean {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  try {
    const { alg }: { alg?: unknown } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const claims: { iss?: unknown; aud?: unknown; exp?: unknown } = JSON.parse(
      Buffer.from(payload, 'base64url').toString(),
    );
    const key = createPublicKey({ key: app.publicJwk, format: 'jwk' });
    if (!(alg === 'RS256' && key.asymmetricKeyType === 'rsa') && !(alg === 'ES256' && key.asymmetricKeyType === 'ec'))
      return false;
    const signed = Buffer.from(`${header}.${payload}`);
    const holds = verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    return holds && claims.iss === app.clientId && claims.aud === audience && Number(claims.exp) * 1000 > now.getTime();
  } catch {
    return false;
  }
}
