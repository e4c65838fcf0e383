// Credentials that reach one tenant and nothing else: the tenant role, assumed with the tenant's name as the session's tag.
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { Tenant } from '@tessera/base';

export type Credentials = Awaited<ReturnType<ReturnType<typeof fromTemporaryCredentials>>>;
export type Session = () => Promise<Credentials>;

/** Renewed when less is left than the longest that a function may run. */
const leastLeftMs = 16 * 60_000;

/** One session a tenant, shared by all clients and kept while it is good. */
export function tenantSession(roleArn: string, tenant: Tenant): Session {
  const assume = fromTemporaryCredentials({
    params: {
      RoleArn: roleArn,
      RoleSessionName: `tessera-${tenant}`,
      DurationSeconds: 3600,
      Tags: [{ Key: 'tenant', Value: tenant }],
    },
  });
  let current: Promise<Credentials> | undefined;
  return async () => {
    const known = await current?.catch(() => undefined);
    if (known?.expiration && known.expiration.getTime() - Date.now() > leastLeftMs) return known;
    current = assume();
    return current;
  };
}
