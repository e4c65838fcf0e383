// OAuth access tokens of an Okta service app. The client proves itself by a JWT signed with its secret (client_secret_jwt, HS256).
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@tessera/base';
import { type Answer, type Incoming, json } from '../exchange.ts';
import { oktaError } from './answers.ts';

interface Needs {
  readonly now: Clock;
  readonly overScoped: boolean;
  readonly client: { readonly id: string; readonly secret: string };
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
export function oktaTokens({ now, overScoped, client }: Needs): {
  issue(request: Incoming): Answer;
  refuse(token: string, request: Incoming): Answer | undefined;
  revoke(): void;
} {
  const issued = new Map<string, { readonly until: number; readonly scopes: readonly string[] }>();
  let count = 0;
  return {
    issue: (request) => {
      const form = new URLSearchParams(request.body);
      if (form.get('grant_type') !== 'client_credentials') return refused('unsupported_grant_type', 400);
      if (!assertionHolds(form.get('client_assertion') ?? '', client)) return refused('invalid_client', 401);
      const scopes = (form.get('scope') ?? '').split(' ').filter(Boolean);
      if (scopes.length === 0 || !scopes.every((scope) => /^okta\.\w+\.(read|manage)$/.test(scope)))
        return refused('invalid_scope', 400);
      const granted = overScoped ? [...scopes, 'okta.users.manage'] : scopes;
      const token = `okta-demo-${++count}-${createHmac('sha256', client.secret).update(String(count)).digest('base64url')}`;
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

function assertionHolds(assertion: string, client: Needs['client']): boolean {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const wanted = createHmac('sha256', client.secret).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && 'iss' in claims && claims.iss === client.id;
  } catch {
    return false;
  }
}
