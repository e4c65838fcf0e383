// Where a connection of ours may lead: the public internet, and networks that the operator names. Judged on the address that is really connected to.
import { lookup as ask, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Fault } from './fault.ts';

/** This machine, for the demo and for tests. */
export const thisMachine = ['127.0.0.0/8', '::1/128'] as const;

export const within = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
};

/** Not for anybody, whatever is allowed: link-local holds the clouds' metadata services; the others are nobody's service. */
const never = within([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::/32',
]);
const internal = within([
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['::1/128', 'fc00::/7', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32'],
]);

export const has = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An IPv4 address that is written as IPv6 is the IPv4 address. */
export function plain(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  const hex = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(bare);
  if (dotted !== undefined) return dotted;
  if (hex === null) return bare;
  const [high, low] = [Number.parseInt(hex[1] ?? '0', 16), Number.parseInt(hex[2] ?? '0', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

export interface Reach {
  /** Refuses an address, given as a URL, that may not be called; a name is only judged by what it resolves to. */
  check(url: string): URL;
  /** Resolves a name for a connection; an answer that holds an address that may not be called is refused as a whole. */
  readonly lookup: LookupFunction;
}

/** As `dns.lookup` with `all`. */
export type Resolve = (
  name: string,
  options: { readonly all: true; readonly family?: number | 'IPv4' | 'IPv6' | undefined },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface ReachNeeds {
  /** Ranges (CIDR) that may be called beside the internet. */
  readonly networks: readonly string[];
  /** How a refusal is said. */
  readonly refuse?: (problem: string) => Fault;
  readonly resolve?: Resolve;
}

const addressRefused = (problem: string) => new Fault('ADDRESS_INSIDE', { problem });

/** The judgement of addresses that everybody who calls out shares; ADDRESS_INSIDE unless `refuse` says it in other words. */
export function createReach({ networks, refuse = addressRefused, resolve = ask }: ReachNeeds): Reach {
  const allowed = within(networks);
  const refusal = (address: string) => {
    const ip = plain(address);
    const refused = has(never, ip) || (has(internal, ip) && !has(allowed, ip));
    return refused ? refuse('it is inside a private network') : undefined;
  };
  return {
    check(text) {
      const url = URL.parse(text);
      const problem =
        url === null || !/^https?:$/.test(url.protocol)
          ? 'it is no http address'
          : url.username !== '' || url.password !== ''
            ? 'it names a user'
            : undefined;
      if (url === null || problem !== undefined) throw refuse(problem ?? 'it is no address');
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const fault = isIP(host) === 0 ? undefined : refusal(host);
      if (fault !== undefined) throw fault;
      return url;
    },
    lookup(hostname, options, callback) {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error || first === undefined) return callback(error ?? new Error('no address'), '', 0);
        const fault = addresses.map(({ address }) => refusal(address)).find((found) => found !== undefined);
        if (fault !== undefined) return callback(fault, '', 0);
        if (options.all) return callback(null, addresses);
        callback(null, first.address, first.family);
      });
    },
  };
}

/**
 * The networks for an address that the operator wrote down himself: who writes `127.0.0.1` or `localhost` means this machine. A name that only
 * resolves to it means nothing of the kind.
 */
export const networksFor = (host: string, networks: readonly string[]): readonly string[] =>
  isThisMachine(host) ? [...networks, ...thisMachine] : networks;

/** A host that says literally that it is this machine. */
export const isThisMachine = (host: string): boolean => /^(127\.\d+\.\d+\.\d+|localhost|\[?::1\]?)$/.test(host);
