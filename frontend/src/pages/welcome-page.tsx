// The first page: what Tessera is and one button. Who had a session in this tab goes straight on.
import { useEffect } from 'react';
import { useAuth } from 'react-oidc-context';
import { Navigate } from 'react-router';
import { hadSession } from '../session/remember.ts';
import { sessionOf } from '../session/session.ts';
import { useSignIn } from '../session/use-sign-in.ts';
import { CentrePage } from './centre-page.tsx';
import { WaitingPage } from './waiting-page.tsx';

export function WelcomePage() {
  const { user, isLoading, error } = useAuth();
  const signIn = useSignIn();
  const goesOn = !isLoading && !user && !error && hadSession();
  useEffect(() => {
    if (goesOn) signIn();
  }, [goesOn, signIn]);

  const tenant = user ? sessionOf(user)?.tenant : undefined;
  if (tenant) return <Navigate to={`/t/${tenant}`} replace />;
  if (goesOn) return <WaitingPage words="Signing you in…" />;
  return (
    <CentrePage title="Every number with its definition">
      <p>
        Tessera shows how your people sign in, how your devices comply and how your work flows: one dashboard for your
        organisation, and each figure says what it counts.
      </p>
      {error && <p role="alert">The last sign-in did not work: {error.message}</p>}
      <button type="button" className="button primary" onClick={() => signIn()}>
        Sign in
      </button>
    </CentrePage>
  );
}
