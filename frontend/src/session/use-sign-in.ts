// The ways to the issuer and back: one hook for every page that signs in or out.
import { useCallback } from 'react';
import { useAuth } from 'react-oidc-context';
import { forgetSession } from './remember.ts';

export function useSignIn(): (returnTo?: string) => void {
  const { signinRedirect } = useAuth();
  return useCallback((returnTo?: string) => void signinRedirect({ state: { returnTo } }), [signinRedirect]);
}

export function useSignOut(): () => void {
  const { signoutRedirect } = useAuth();
  return useCallback(() => {
    forgetSession();
    void signoutRedirect();
  }, [signoutRedirect]);
}
