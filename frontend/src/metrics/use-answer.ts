// One question to Cube from a component: loading, rows, or an error with a way to try again. Rows of an older question are never shown under a newer one.
import { isQueryPresent, type Query } from '@cubejs-client/core';
import { useCubeQuery } from '@cubejs-client/react';
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { useSignIn } from '../session/use-sign-in.ts';
import type { Row } from './answers.ts';

export type Answer =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly message: string; readonly retry: () => void }
  /** One list of rows per period asked for: a query with compareDateRange has two. */
  | { readonly state: 'ready'; readonly sets: readonly (readonly Row[])[] };

const nothing: Query = {};
const statusOf = (error: Error): number => ('status' in error && typeof error.status === 'number' ? error.status : 0);

function say(error: Error): string {
  const text = error.message.replace(/^(Error: )+/, '').trim();
  if (text.toLowerCase() === 'network error') return 'The server cannot be reached.';
  return text === '' ? 'The server gave no answer.' : text;
}

/** Undefined asks nothing and stays loading. */
export function useAnswer(query: Query | undefined): Answer {
  const { resultSet, error, isLoading, previousQuery, refetch } = useCubeQuery<Row, Query>(query ?? nothing, {
    skip: query === undefined,
  });
  const signIn = useSignIn();
  const { pathname, search } = useLocation();
  const isSignedOut = error !== null && statusOf(error) === 401;
  useEffect(() => {
    if (isSignedOut) signIn(`${pathname}${search}`);
  }, [isSignedOut, signIn, pathname, search]);

  if (query === undefined || !isQueryPresent(query)) return { state: 'loading' };
  if (JSON.stringify(previousQuery) !== JSON.stringify(query)) return { state: 'loading' };
  if (error) return { state: 'failed', message: say(error), retry: () => void refetch() };
  if (isLoading || !resultSet) return { state: 'loading' };
  return { state: 'ready', sets: resultSet.decompose().map((set) => set.rawData() as readonly Row[]) };
}
