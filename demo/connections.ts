// How the demo's tenants are connected: the configuration that a real tenant would write, pointing at the stand-ins.
import type { SourceName, Tenant } from '@tessera/base';
import type { VendorCredentials } from './vendors/credentials.ts';
import { vendorUrls } from './vendors/vendors.ts';
import type { TenantWorld } from './world.ts';

/** A tenant's configuration as plain JSON; its secrets are the stand-ins' and worth nothing elsewhere. */
export interface DemoTenantConfig {
  readonly tenant: Tenant;
  readonly displayName: string;
  readonly timeZone: string;
  readonly orgId: string;
  readonly embedOrigins: readonly string[];
  readonly connections: readonly { readonly source: SourceName; readonly settings: Readonly<Record<string, string>> }[];
}

export function demoTenantConfig(
  origin: string,
  { tenant, displayName, timeZone, orgId }: Pick<TenantWorld, 'tenant' | 'displayName' | 'timeZone' | 'orgId'>,
  credentials: VendorCredentials,
): DemoTenantConfig {
  const urls = vendorUrls(origin, tenant);
  const { okta, intune, jamf, elasticsearch, jira } = credentials;
  return {
    tenant,
    displayName,
    timeZone,
    orgId,
    // Where docs/how-to/embed.md puts the page that embeds.
    embedOrigins: ['http://localhost:4300'],
    connections: [
      { source: 'okta', settings: { url: urls.okta, token: okta.token } },
      {
        source: 'intune',
        settings: {
          graphUrl: `${urls.graph}/v1.0`,
          authorityUrl: new URL('/entra', origin).href,
          directoryId: tenant,
          clientId: intune.clientId,
          clientSecret: intune.clientSecret,
        },
      },
      { source: 'jamf', settings: { url: urls.jamf, clientId: jamf.clientId, clientSecret: jamf.clientSecret } },
      // The demo's clock stands still at asOf: what was stored in the minute before it would wait for ever.
      { source: 'elasticsearch', settings: { url: urls.elasticsearch, apiKey: elasticsearch.encoded, lagMs: '0' } },
      { source: 'jira', settings: { url: urls.jira, email: jira.email, apiToken: jira.apiToken } },
    ],
  };
}
