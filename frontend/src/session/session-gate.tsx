// Lets through only who is signed in; everybody else is sent to the issuer and comes back to the same address.
import { type ReactNode, useEffect, useMemo } from 'react';
import { useAuth } from 'react-oidc-context';
import { useLocation } from 'react-router';
import { FailurePage } from '../pages/message-page.tsx';
import { WaitingPage } from '../pages/waiting-page.tsx';
import { joinWindows } from './other-windows.ts';
import { forgetSession, rememberSession } from './remember.ts';
import { type Session, sessionOf } from './session.ts';
import { useSignIn } from './use-sign-in.ts';
import { signedOutPath } from './user-manager.ts';

export function SessionGate({ children }: { readonly children: (session: Session) => ReactNode }) {
  const auth = useAuth();
  const signIn = useSignIn();
  const { pathname, search } = useLocation();
  const here = `${pathname}${search}`;
  const { user, events } = auth;
  const session = useMemo(() => (user ? sessionOf(user) : undefined), [user]);
  const mustSignIn = !auth.isLoading && !auth.isAuthenticated && !auth.error && auth.activeNavigator === undefined;

  useEffect(() => {
    if (mustSignIn) signIn(here);
  }, [mustSignIn, signIn, here]);
  useEffect(() => events.addAccessTokenExpired(() => signIn(here)), [events, signIn, here]);
  const subject = user ? `${user.profile.iss} ${user.profile.sub}` : undefined;
  useEffect(() => {
    if (subject === undefined) return;
    // Loaded anew, nothing of the session before is left: tokens and answers are in memory only.
    return joinWindows(subject, {
      signedOut() {
        forgetSession();
        window.location.replace(signedOutPath);
      },
      somebodyElse: () => window.location.reload(),
    });
  }, [subject]);
  useEffect(() => {
    // A page that the browser kept and shows again heard nothing of what was said meanwhile, and may be somebody's who left.
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) window.location.reload();
    };
    window.addEventListener('pageshow', onShow);
    return () => window.removeEventListener('pageshow', onShow);
  }, []);
  useEffect(() => {
    if (session) rememberSession();
  }, [session]);

  if (auth.error) {
    return <FailurePage title="You could not be signed in" error={auth.error} onRetry={() => signIn(here)} />;
  }
  if (auth.activeNavigator === 'signoutRedirect') return <WaitingPage words="Signing out…" />;
  if (!auth.isAuthenticated) return <WaitingPage words="Taking you to sign-in…" />;
  if (!session) {
    forgetSession();
    return (
      <FailurePage
        title="Your account belongs to no organisation"
        error={new Error('Ask your administrator to add you to one, then sign in again.')}
      />
    );
  }
  return children(session);
}
