// All five stand-ins of all tenants under one port, each below its own path.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SourceName, sources, type Tenant } from '@tessera/base';
import type { World } from '../world.ts';
import { demoCredentials, type VendorCredentials } from './credentials.ts';
import { createVendorServer, type VendorOptions, type VendorServer } from './vendor-server.ts';

/** First segment of a path and the vendor behind it; Entra's tokens are Graph's. */
const mounts: readonly (readonly [string, SourceName])[] = [
  ['okta', 'okta'],
  ['graph', 'intune'],
  ['entra', 'intune'],
  ['jamf', 'jamf'],
  ['elastic', 'elasticsearch'],
  ['jira', 'jira'],
];

/** Where a tenant's vendors are found below an origin; the connections of the demo are made of these. */
export interface VendorUrls {
  readonly okta: string;
  /** Graph without its version, as the real https://graph.microsoft.com. */
  readonly graph: string;
  /** Entra with the tenant, above `/oauth2/v2.0/token`. */
  readonly entra: string;
  /** Jamf Pro above `/api`. */
  readonly jamf: string;
  readonly elasticsearch: string;
  /** Jira above `/rest/api/3`. */
  readonly jira: string;
}

export interface Vendors {
  /** True when the path belongs to a vendor, and the request is being answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  server(source: SourceName, tenant: Tenant): VendorServer | undefined;
  credentials(tenant: Tenant): VendorCredentials;
  violations(): Readonly<Record<SourceName, number>>;
}

export const vendorUrls = (origin: string, tenant: Tenant): VendorUrls => ({
  okta: `${origin}/okta/${tenant}`,
  graph: `${origin}/graph/${tenant}`,
  entra: `${origin}/entra/${tenant}`,
  jamf: `${origin}/jamf/${tenant}`,
  elasticsearch: `${origin}/elastic/${tenant}`,
  jira: `${origin}/jira/${tenant}`,
});

/** The stand-ins of a whole world. `now` may jump: the demo's first start plays weeks. */
export function createVendors(
  world: World,
  options: Omit<VendorOptions, 'seed' | 'basePath' | 'credentials'> & { readonly seed?: number },
): Vendors {
  const seed = options.seed ?? world.seed;
  const credentials = new Map(world.tenants.map(({ tenant }) => [tenant, demoCredentials(tenant, seed)]));
  const servers = new Map<string, VendorServer>();
  for (const tenantWorld of world.tenants)
    for (const source of sources)
      servers.set(`${source}/${tenantWorld.tenant}`, createVendorServer(source, tenantWorld, { ...options, seed }));

  return {
    handle: (request, response) => {
      const [, mount = '', tenant = ''] = (request.url ?? '').split(/[/?]/);
      const source = mounts.find(([name]) => name === mount)?.[1];
      const server = source && servers.get(`${source}/${tenant}`);
      if (!server) return false;
      server.handle(request, response, `/${mount}/${tenant}`);
      return true;
    },
    server: (source, tenant) => servers.get(`${source}/${tenant}`),
    credentials: (tenant) => credentials.get(tenant) ?? demoCredentials(tenant, seed),
    violations: () => {
      const total = { okta: 0, intune: 0, jamf: 0, elasticsearch: 0, jira: 0 };
      for (const [name, server] of servers) total[name.split('/')[0] as SourceName] += server.violations();
      return total;
    },
  };
}
