// Whose tokens this program takes: the demo's own issuer, or the setting's and those of $TESSERA_HOME/issuers.json.
import path from 'node:path';
import { createReach, Fault, networksFor, type Observe, type Settings, systemClock, type Tenant } from '@tessera/base';
import { createTokenVerifier, type Issuer, isSafeUrl, readIssuers, type VerifyToken } from '@tessera/security';

/** The client of `tessera token mint`; only the demo's issuer knows it. */
const demoClient = 'tessera-cli';

/**
 * The setting's issuer may speak for every tenant unless the file lists it with its tenants. SETTING_INVALID and ISSUERS_INVALID where nobody could
 * sign in, or keys would be read over a line that others can change.
 */
export async function chooseIssuers(
  settings: Settings,
  demo: { readonly issuer: string; readonly tenants: readonly Tenant[] } | undefined,
): Promise<readonly Issuer[]> {
  const { audience, clientId } = settings;
  if (demo) return [{ issuer: demo.issuer, audience, clients: [clientId, demoClient], tenants: demo.tenants }];
  const listed = (await readIssuers(path.join(settings.home, 'issuers.json'))) ?? [];
  const { issuer, vendorNetworks } = settings;
  for (const one of listed) mayBeCalled(one.issuer, vendorNetworks, `${settings.home}/issuers.json`);
  if (!issuer)
    throw new Fault('SETTING_INVALID', { name: 'TESSERA_ISSUER', problem: 'required where tenants are configured' });
  if (listed.some((one) => one.issuer === issuer)) return listed;
  if (!isSafeUrl(issuer))
    throw new Fault('SETTING_INVALID', { name: 'TESSERA_ISSUER', problem: 'must be https (http only on 127.0.0.1)' });
  mayBeCalled(issuer, vendorNetworks, 'TESSERA_ISSUER');
  return [{ issuer, audience, clients: [clientId], tenants: '*' }, ...listed];
}

/** Tokens are judged by the machine's clock, also where the demo's stands still. */
export const verifierOf = (settings: Settings, issuers: readonly Issuer[], observe: Observe): VerifyToken =>
  createTokenVerifier({
    issuers,
    now: systemClock,
    maxAgeSeconds: settings.tokenMinutes * 60,
    networks: settings.vendorNetworks,
    observe,
  });

/** An address inside, said as such, is refused when it is configured; a name is judged when it is called. */
function mayBeCalled(issuer: string, networks: readonly string[], where: string): void {
  const refuse = (problem: string) =>
    where === 'TESSERA_ISSUER'
      ? new Fault('SETTING_INVALID', { name: where, problem: `${problem}; see TESSERA_VENDOR_NETWORKS` })
      : new Fault('ISSUERS_INVALID', { where, at: 'issuer', problem: `${problem}; see TESSERA_VENDOR_NETWORKS` });
  createReach({ networks: networksFor(new URL(issuer).hostname, networks), refuse }).check(issuer);
}
