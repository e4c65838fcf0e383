// Access tokens that expire: one fetch at a time, renewed before the end on the vendor's own lifetime, forgotten when refused.
import type { Clock } from '@tessera/base';

export interface AccessToken {
  readonly value: string;
  readonly lifetimeMs: number;
}
export interface TokenSource {
  /** A token that is good for at least a tenth of its lifetime. */
  token(): Promise<string>;
  /** Called with a token that the vendor refused: the next `token()` fetches. */
  forget(value: string): void;
}

/** The lifetime counts from before the request, so that a slow answer never makes a token look younger than it is. */
export function createTokenSource(fetchToken: () => Promise<AccessToken>, now: Clock): TokenSource {
  let held: { readonly value: string; readonly goodUntil: number } | undefined;
  let fetching: Promise<string> | undefined;
  const renew = async () => {
    const asked = now().getTime();
    const { value, lifetimeMs } = await fetchToken();
    held = { value, goodUntil: asked + lifetimeMs - Math.min(60_000, lifetimeMs / 10) };
    return value;
  };
  return {
    async token() {
      if (held !== undefined && now().getTime() < held.goodUntil) return held.value;
      fetching ??= renew().finally(() => {
        fetching = undefined;
      });
      return fetching;
    },
    forget(value) {
      if (held?.value === value) held = undefined;
    },
  };
}
