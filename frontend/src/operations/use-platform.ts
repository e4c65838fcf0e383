// A question to the platform from a component: loading, the answer, a refusal, or a failure that may be tried again.
import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { useSignIn } from '../session/use-sign-in.ts';
import { useAccessToken } from '../tenant/access-token.ts';
import { askPlatform, PlatformProblem } from './ask-platform.ts';

export type PlatformAnswer<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'signed-out' }
  | { readonly state: 'refused' | 'failed'; readonly message: string }
  | { readonly state: 'ready'; readonly value: T };

export interface Asking<T> {
  readonly answer: PlatformAnswer<T>;
  /** Asks again; what is shown stays until the new answer is there. */
  readonly again: () => void;
}

const states: Readonly<Record<number, 'refused' | 'signed-out'>> = { 401: 'signed-out', 403: 'refused' };

async function answerTo<T>(
  accessToken: string,
  path: string,
  parse: (value: unknown) => T,
  signal: AbortSignal,
): Promise<PlatformAnswer<T>> {
  try {
    return { state: 'ready', value: parse(await askPlatform(accessToken, { path, signal })) };
  } catch (error) {
    const state = (error instanceof PlatformProblem ? states[error.status] : undefined) ?? 'failed';
    return { state, message: error instanceof Error ? error.message : 'Something unexpected happened.' };
  }
}

/** `parse` must be one and the same function at each call. An answer to an older question is never shown under a newer one. */
export function usePlatform<T>(path: string, parse: (value: unknown) => T): Asking<T> {
  const accessToken = useAccessToken();
  const signIn = useSignIn();
  const { pathname, search } = useLocation();
  const [held, setHeld] = useState<{ readonly path: string; readonly answer: PlatformAnswer<T> }>();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const answer = await answerTo(accessToken, path, parse, signal);
      if (!signal.aborted) setHeld({ path, answer });
    },
    [accessToken, path, parse],
  );
  useEffect(() => {
    const abort = new AbortController();
    void load(abort.signal);
    return () => abort.abort();
  }, [load]);
  const again = useCallback(() => void load(new AbortController().signal), [load]);
  const answer: PlatformAnswer<T> = held?.path === path ? held.answer : { state: 'loading' };
  const isSignedOut = answer.state === 'signed-out';
  useEffect(() => {
    if (isSignedOut) signIn(`${pathname}${search}`);
  }, [isSignedOut, signIn, pathname, search]);
  return { answer, again };
}
