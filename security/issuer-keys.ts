// An issuer's public keys: fetched when needed, seldom, and kept through an outage; a key that was taken away is gone within ten minutes.
import { type Clock, Fault } from '@tessera/base';
import { type AskNeeds, fetchKeys, type KeySet } from './fetch-keys.ts';

export interface IssuerKeys {
  /** The key of this id, or undefined where the issuer has none such. ISSUER_UNAVAILABLE where nobody can know. */
  find(kid: string): Promise<CryptoKey | undefined>;
  /** What was verified with an earlier generation must be verified again; undefined where the keys are too old to say. */
  generation(): number | undefined;
}

export interface IssuerKeysNeeds extends AskNeeds {
  readonly issuer: string;
  readonly now: Clock;
}

const minute = 60_000;
/** From here on keys are asked for again, while the old ones still serve. */
const softAgeMs = 5 * minute;
/** From here on nothing is taken before the issuer was asked, so that a key taken away is dead by now. */
const hardAgeMs = 10 * minute;
/** How long the last good keys bridge an issuer that does not answer. */
const bridgeMs = 60 * minute;
/** At most 10 requests in any minute: five at once, and one every twelve seconds. */
const burst = 5;
const refillMs = 12_000;

export function createIssuerKeys({ issuer, now, ...asking }: IssuerKeysNeeds): IssuerKeys {
  let keys: KeySet | undefined;
  /** When the issuer last answered well. */
  let answeredAt = Number.NEGATIVE_INFINITY;
  let generation = 0;
  let lastFailed = false;
  let running: Promise<void> | undefined;
  let tokens = burst;
  let refilledAt = now().getTime();

  const age = () => now().getTime() - answeredAt;
  function mayAsk(): boolean {
    const at = now().getTime();
    const since = Math.floor((at - refilledAt) / refillMs);
    // A clock that went back gives nothing and takes nothing.
    if (since > 0) tokens = Math.min(burst, tokens + since);
    if (since !== 0) refilledAt = since > 0 ? refilledAt + since * refillMs : at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }
  /** One request for all who wait; undefined where none may be made now. */
  function refresh(): Promise<void> | undefined {
    if (running) return running;
    if (!mayAsk()) return undefined;
    running = fetchKeys(issuer, asking)
      .then(
        (found) => {
          if (!keys || !isSame(keys, found)) generation += 1;
          keys = found;
          answeredAt = now().getTime();
          lastFailed = false;
        },
        () => {
          lastFailed = true;
        },
      )
      .finally(() => {
        running = undefined;
      });
    return running;
  }
  function usable(): KeySet {
    // The other way round, so that a clock that is no number trusts nothing.
    if (keys && age() <= bridgeMs) return keys;
    throw new Fault('ISSUER_UNAVAILABLE', {});
  }

  return {
    async find(kid) {
      const before = answeredAt;
      const isBridging = lastFailed && age() < bridgeMs;
      // Where the issuer is known to be down nobody waits for it again.
      if (!(age() < hardAgeMs) && !isBridging) await refresh();
      else if (age() >= softAgeMs) void refresh();
      const found = usable().get(kid);
      if (found) return found.key;
      // Asked a moment ago, for this very call.
      if (answeredAt !== before) return undefined;
      const asked = refresh();
      if (!asked) return undefined;
      await asked;
      return usable().get(kid)?.key;
    },
    generation: () => (age() < softAgeMs ? generation : undefined),
  };
}

const isSame = (one: KeySet, other: KeySet) =>
  one.size === other.size && [...one].every(([kid, { modulus }]) => other.get(kid)?.modulus === modulus);
