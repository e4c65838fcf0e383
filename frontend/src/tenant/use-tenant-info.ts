// Asks the platform about the tenant: at start, and again while the page is looked at, so that a new release is seen.
import { useCallback, useEffect, useState } from 'react';
import { parseTenantInfo, type TenantInfo } from './freshness.ts';

export type TenantAnswer =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly info: TenantInfo }
  | { readonly state: 'preparing' }
  | { readonly state: 'signed-out' }
  | { readonly state: 'failed'; readonly error: Error };

const againMs = 60_000;
const preparingMs = 3_000;

/** What the platform says is wrong, else its status. */
async function problemOf(response: Response): Promise<Error> {
  const body: unknown = await response.json().catch(() => undefined);
  const said = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  return new Error(typeof said === 'string' ? said : `The platform answered ${response.status}.`);
}

/** A tenant that is not here may only not be here yet. */
async function isStarting(response: Response, signal: AbortSignal): Promise<boolean> {
  if (response.status === 503) return true;
  return response.status === 404 && (await fetch('/readyz', { signal })).status === 503;
}

async function ask(accessToken: string, signal: AbortSignal): Promise<TenantAnswer> {
  try {
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    const response = await fetch('/api/v1/tenant', { headers, signal });
    if (response.status === 401) return { state: 'signed-out' };
    if (await isStarting(response, signal)) return { state: 'preparing' };
    if (!response.ok) return { state: 'failed', error: await problemOf(response) };
    return { state: 'ready', info: parseTenantInfo(await response.json()) };
  } catch (error) {
    return { state: 'failed', error: error instanceof Error ? error : new Error('The network is down.') };
  }
}

export function useTenantInfo(accessToken: string): { readonly answer: TenantAnswer; readonly retry: () => void } {
  const [answer, setAnswer] = useState<TenantAnswer>({ state: 'loading' });
  const isPreparing = answer.state === 'preparing';

  const load = useCallback(
    async (signal: AbortSignal) => {
      const next = await ask(accessToken, signal);
      if (signal.aborted) return;
      // A hiccup while everything is on the page is no reason to take it away.
      setAnswer((now) => (next.state === 'failed' && now.state === 'ready' ? now : next));
    },
    [accessToken],
  );
  const retry = useCallback(() => {
    setAnswer({ state: 'loading' });
    void load(new AbortController().signal);
  }, [load]);

  useEffect(() => {
    const abort = new AbortController();
    const again = () => document.visibilityState === 'visible' && void load(abort.signal);
    void load(abort.signal);
    const timer = setInterval(again, isPreparing ? preparingMs : againMs);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [load, isPreparing]);
  return { answer, retry };
}
