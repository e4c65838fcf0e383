// After the sign-out: nothing of the session is left in this tab.

import { useSignIn } from '../session/use-sign-in.ts';
import { CentrePage } from './centre-page.tsx';

export function SignedOutPage() {
  const signIn = useSignIn();
  return (
    <CentrePage title="You are signed out">
      <p>Your session has ended here and at the sign-in service.</p>
      <button type="button" className="button primary" onClick={() => signIn()}>
        Sign in again
      </button>
    </CentrePage>
  );
}
