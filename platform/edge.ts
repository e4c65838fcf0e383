// What stands before this server: proxies whose word on the caller's address is taken, and the public address, which says whether TLS is there.
import type { IncomingMessage } from 'node:http';
import { type ClientAddress, createClientAddress, type Settings } from '@tessera/base';

export interface Edge {
  /** Where a request comes from; the same for every HTTP door, its limits and the audit trail. */
  readonly addressOf: ClientAddress;
  /** A browser says where its page is from; only pages of this very server may open sockets. Programs say nothing, and have no browser's rights to abuse. */
  readonly isOwnOrigin: (headers: IncomingMessage['headers']) => boolean;
  /** True where people come by TLS, so that browsers may be told to come no other way. */
  readonly hasTls: boolean;
}

export function createEdge({
  publicUrl,
  trustedProxies,
}: Partial<Pick<Settings, 'publicUrl' | 'trustedProxies'>> = {}): Edge {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl);
  return {
    addressOf: createClientAddress(trustedProxies),
    isOwnOrigin({ origin, host }) {
      if (origin === undefined) return true;
      if (!URL.canParse(origin)) return false;
      // A proxy may keep the name that was asked for to itself.
      return origin === own?.origin || (host !== undefined && new URL(origin).host === host);
    },
    hasTls: own?.protocol === 'https:',
  };
}
