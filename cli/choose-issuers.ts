// Whose tokens this program takes: the demo's own issuer, or the setting's and those of $TESSERA_HOME/issuers.json.
import path from 'node:path';
import { Fault, type Settings, type Tenant } from '@tessera/base';
import { type Issuer, isSafeUrl, readIssuers } from '@tessera/security';

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
  const { issuer } = settings;
  if (!issuer)
    throw new Fault('SETTING_INVALID', { name: 'TESSERA_ISSUER', problem: 'required where tenants are configured' });
  if (listed.some((one) => one.issuer === issuer)) return listed;
  if (!isSafeUrl(issuer))
    throw new Fault('SETTING_INVALID', { name: 'TESSERA_ISSUER', problem: 'must be https (http only on 127.0.0.1)' });
  return [{ issuer, audience, clients: [clientId], tenants: '*' }, ...listed];
}
