// How the application signs people in: authorization code with PKCE. Tokens live in memory only; a reload asks the issuer again.
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { AppConfig } from '../boot/app-config.ts';

export const signedInPath = '/signed-in';
export const signedOutPath = '/signed-out';

export function createUserManager(config: AppConfig): UserManager {
  const { origin } = window.location;
  return new UserManager({
    authority: config.issuer,
    client_id: config.clientId,
    redirect_uri: `${origin}${signedInPath}`,
    post_logout_redirect_uri: `${origin}${signedOutPath}`,
    response_type: 'code',
    scope: 'openid profile email',
    resource: config.audience,
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    // Only state, nonce and verifier of a sign-in that is under way; they are of no use afterwards.
    stateStore: new WebStorageStateStore({ store: window.sessionStorage, prefix: 'tessera.sign-in.' }),
    automaticSilentRenew: false,
    loadUserInfo: false,
    monitorSession: false,
  });
}
