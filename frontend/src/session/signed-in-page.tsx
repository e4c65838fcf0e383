// Where the issuer sends people back to: on to the page they wanted, or to their organisation's dashboard.
import { useAuth } from 'react-oidc-context';
import { Navigate } from 'react-router';
import { FailurePage } from '../pages/message-page.tsx';
import { WaitingPage } from '../pages/waiting-page.tsx';
import { safeReturn, sessionOf } from './session.ts';
import { useSignIn } from './use-sign-in.ts';

export function SignedInPage() {
  const { user, isLoading, error } = useAuth();
  const signIn = useSignIn();
  if (isLoading) return <WaitingPage words="Signing you in…" />;
  if (error) return <FailurePage title="You could not be signed in" error={error} onRetry={() => signIn()} />;
  if (!user) return <Navigate to="/" replace />;
  const tenant = sessionOf(user)?.tenant;
  return <Navigate to={safeReturn(user.state) ?? (tenant ? `/t/${tenant}` : '/t/none')} replace />;
}
