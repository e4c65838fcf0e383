// Who is signed in, as the application sees it: a small value made once from the tokens' claims.
import type { User } from 'oidc-client-ts';

export interface Session {
  readonly tenant: string;
  readonly name: string;
  readonly email: string;
  readonly accessToken: string;
}

const slug = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** The claims of a token without a check: good for showing, never for deciding; the server decides. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const part = token.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? (claims as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

/** The session of a signed-in user; undefined where the tokens name no tenant. */
export function sessionOf(user: Pick<User, 'access_token' | 'profile'>): Session | undefined {
  const claims = { ...claimsOf(user.access_token), ...user.profile };
  const tenant = claims.tenant_id;
  if (typeof tenant !== 'string' || !slug.test(tenant)) return undefined;
  const email = typeof claims.email === 'string' ? claims.email : '';
  const name = typeof claims.name === 'string' && claims.name !== '' ? claims.name : email || 'Signed in';
  return { tenant, name, email, accessToken: user.access_token };
}

/** Where to go after sign-in: a page of ours or nothing, so that a link cannot send people elsewhere. */
export function safeReturn(state: unknown): string | undefined {
  const returnTo = typeof state === 'object' && state !== null && 'returnTo' in state ? state.returnTo : undefined;
  return typeof returnTo === 'string' && /^\/t\/[^\\]*$/.test(returnTo) && !returnTo.includes('//')
    ? returnTo
    : undefined;
}
