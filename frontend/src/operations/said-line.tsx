// What came of an act, for eyes and for readers; with the way to a fresh sign-in where one is wanted.
import { useLocation } from 'react-router';
import { useSignIn } from '../session/use-sign-in.ts';
import type { Said } from './use-act.ts';

export function SaidLine({ said }: { readonly said: Said | undefined }) {
  const signIn = useSignIn();
  const { pathname, search } = useLocation();
  return (
    <div role="status" className={said ? `said ${said.isDone ? 'is-done' : 'is-refused'}` : 'said'}>
      {said?.words}
      {said?.isStepUp && (
        <>
          {' '}
          <button type="button" className="button small" onClick={() => signIn(`${pathname}${search}`)}>
            Sign in again
          </button>
        </>
      )}
    </div>
  );
}
