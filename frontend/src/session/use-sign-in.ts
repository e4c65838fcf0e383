// The ways to the issuer and back: one hook for every page that signs in or out.
import { useCallback, useContext } from 'react';
import { AuthContext, useAuth } from 'react-oidc-context';
import { tellSignedOut } from './other-windows.ts';
import { forgetSession } from './remember.ts';

/** Does nothing inside an embed, whose session ends instead: nobody signs in within somebody else's page. */
export function useSignIn(): (returnTo?: string) => void {
  const signinRedirect = useContext(AuthContext)?.signinRedirect;
  return useCallback((returnTo?: string) => void signinRedirect?.({ state: { returnTo } }), [signinRedirect]);
}

export function useSignOut(): () => void {
  const { signoutRedirect } = useAuth();
  return useCallback(() => {
    forgetSession();
    tellSignedOut();
    void signoutRedirect();
  }, [signoutRedirect]);
}
