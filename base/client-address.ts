// Whose address a request comes from: the peer's, or what proxies that the operator trusts say of it. Never what a caller says of himself.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { has, plain, within } from './reach.ts';

export type ClientAddress = (
  request: Pick<IncomingMessage, 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } },
) => string | undefined;

/**
 * Each proxy writes at the end of X-Forwarded-For whom it heard, so the list is read from its end for as long as the one who wrote it is trusted:
 * the answer is the last hop that is not. What stands before that was said by a stranger. A hop that is no address (`unknown`, say) ends the reading,
 * and the proxy that wrote it is the answer.
 */
export function createClientAddress(trustedProxies: readonly string[] = []): ClientAddress {
  const trusted = within(trustedProxies);
  return ({ headers, socket }) => {
    if (socket.remoteAddress === undefined) return undefined;
    let address = plain(socket.remoteAddress);
    // Node joins repeated headers with commas, in their order.
    const hops = String(headers['x-forwarded-for'] ?? '').split(',');
    while (has(trusted, address)) {
      const hop = addressOf(hops.pop() ?? '');
      if (hop === undefined) break;
      address = hop;
    }
    return address;
  };
}

/** Some proxies write the port, too: 192.0.2.1:4711 and [2001:db8::1]:4711. */
function addressOf(hop: string): string | undefined {
  const [, inBrackets, dotted] = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/.exec(hop.trim()) ?? [];
  const address = plain(inBrackets ?? dotted ?? hop.trim());
  return isIP(address) === 0 ? undefined : address;
}
