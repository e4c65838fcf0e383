// Which addresses a vendor's name may lead to: the public internet, and networks that the operator names. Checked on the address that is really connected to.
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Fault } from '@tessera/base';

const within = (ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
};

/** Not for anybody, whatever is allowed: link-local holds the clouds' metadata services; the others are nobody's vendor. */
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

const has = (list: BlockList, address: string) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An IPv4 address that is written as IPv6 is the IPv4 address. */
function plain(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  const hex = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(bare);
  if (dotted !== undefined) return dotted;
  if (hex === null) return bare;
  const [high, low] = [Number.parseInt(hex[1] ?? '0', 16), Number.parseInt(hex[2] ?? '0', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

export interface VendorReach {
  /** VENDOR_ADDRESS_REFUSED for an address, given as a URL, that may not be called; a name is only judged by what it resolves to. */
  check(url: string): URL;
  /** Resolves a name for a connection; an answer that holds an address that may not be called is refused as a whole. */
  readonly lookup: LookupFunction;
}

/** `networks` are ranges (CIDR) that may be called beside the internet. */
export function vendorReach(networks: readonly string[]): VendorReach {
  const allowed = within(networks);
  const refusal = (address: string) => {
    const ip = plain(address);
    const refused = has(never, ip) || (has(internal, ip) && !has(allowed, ip));
    return refused ? new Fault('VENDOR_ADDRESS_REFUSED', { problem: 'it is inside a private network' }) : undefined;
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
      if (url === null || problem !== undefined)
        throw new Fault('VENDOR_ADDRESS_REFUSED', { problem: problem ?? 'it is no address' });
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
