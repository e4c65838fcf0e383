// What oidc-provider is told: one public application with PKCE, no consent page, RS256 access tokens with the tenant in them.
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Context } from 'oidc-provider';
import type { DemoPerson } from '../world.ts';
import type { IssuerKeys } from './keys.ts';
import { memoryStore } from './memory-store.ts';
import { appClientId, audience } from './mint.ts';
import { signedOutPage, signOutPage, troublePage } from './pages.ts';

export interface Account extends DemoPerson {
  readonly tenant: string;
}

export interface ConfigurationNeeds {
  readonly keys: IssuerKeys;
  readonly basePath: string;
  /** Origins from which the application is served. */
  readonly appOrigins: readonly string[];
  readonly accounts: ReadonlyMap<string, Account>;
}

const scopes = 'openid profile email';
const hour = 3600;
/** As long as the server takes an access token: what a person may do is asked of the issuer again this often. */
const quarter = 900;

/** A policy for the two pages whose script or form needs one; everything else is denied. */
export function pagePolicy(response: ServerResponse, formTargets: readonly string[], nonce?: string): void {
  const script = nonce === undefined ? "'none'" : `'nonce-${nonce}'`;
  response.setHeader(
    'content-security-policy',
    `default-src 'none'; style-src 'unsafe-inline'; script-src ${script}; form-action 'self' ${formTargets.join(' ')}; frame-ancestors 'none'; base-uri 'none'`,
  );
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
}

export function configuration({
  keys,
  basePath,
  appOrigins,
  accounts,
}: ConfigurationNeeds): Readonly<Record<string, unknown>> {
  return {
    adapter: memoryStore(),
    jwks: { keys: [keys.signing] },
    cookies: {
      keys: keys.cookies,
      names: { session: 'tessera_demo_session', interaction: 'tessera_demo_sign_in', resume: 'tessera_demo_resume' },
      short: { path: basePath },
      long: { path: basePath },
    },
    clients: [
      {
        client_id: appClientId,
        client_name: 'Tessera',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: appOrigins.map((origin) => `${origin}/signed-in`),
        post_logout_redirect_uris: appOrigins.map((origin) => `${origin}/signed-out`),
      },
    ],
    pkce: { required: () => true },
    clientBasedCORS: (_: Context, origin: string) => appOrigins.includes(origin),
    claims: { openid: ['sub', 'tenant_id', 'groups'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    scopes: scopes.split(' ').concat('offline_access'),
    rotateRefreshToken: true,
    ttl: {
      AccessToken: quarter,
      IdToken: hour,
      AuthorizationCode: 60,
      Interaction: hour,
      Session: 14 * 24 * hour,
      Grant: 14 * 24 * hour,
      RefreshToken: 14 * 24 * hour,
    },
    findAccount: (_: Context, id: string) => {
      const account = accounts.get(id);
      return account && { accountId: id, claims: async () => ({ sub: id, ...personClaims(account) }) };
    },
    extraTokenClaims(ctx: Context, token: { readonly accountId?: string }) {
      const account = accounts.get(token.accountId ?? '');
      if (!account) return undefined;
      const { AuthorizationCode, RefreshToken } = ctx.oidc.entities;
      const grantedBy = AuthorizationCode ?? RefreshToken;
      return { ...personClaims(account), amr: grantedBy?.amr ?? ['pwd'], auth_time: grantedBy?.authTime };
    },
    loadExistingGrant,
    interactions: {
      url: (_: Context, interaction: { readonly uid: string }) => `${basePath}/interaction/${interaction.uid}`,
    },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience,
          accessTokenTTL: quarter,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(ctx: Context & { readonly res: ServerResponse }, form: string) {
          const nonce = randomBytes(16).toString('base64');
          pagePolicy(ctx.res, appOrigins, nonce);
          ctx.body = signOutPage(form, nonce);
        },
        postLogoutSuccessSource(ctx: Context) {
          ctx.body = signedOutPage;
        },
      },
    },
    renderError(ctx: Context, out: { readonly error: string; readonly error_description?: string }) {
      ctx.type = 'html';
      ctx.body = troublePage(out.error_description ?? out.error);
    },
  };
}

const personClaims = ({ tenant, ...person }: Account) => ({ tenant_id: tenant, ...person });

/** The application is the house's own: whoever signs in has agreed. */
async function loadExistingGrant(ctx: Context) {
  const { client, session, provider } = ctx.oidc;
  const known = session.grantIdFor(client.clientId);
  if (known !== undefined) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(`${scopes} offline_access`);
  grant.addResourceScope(audience, `${scopes} offline_access`);
  await grant.save();
  return grant;
}
