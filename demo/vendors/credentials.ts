// The secrets with which the demo's connections sign in at the stand-ins: made from the seed, worth nothing anywhere else.
import { createHash, type JsonWebKey } from 'node:crypto';
import type { Tenant } from '@tessera/base';

/** A service app of Okta, known by its public key. The demo has none: a key pair cannot be made from the seed. */
export interface OktaApp {
  readonly clientId: string;
  readonly publicJwk: JsonWebKey;
}

export interface VendorCredentials {
  readonly okta: { readonly token: string; readonly app?: OktaApp };
  readonly intune: { readonly directory: string; readonly clientId: string; readonly clientSecret: string };
  readonly jamf: {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly username: string;
    readonly password: string;
  };
  /** `encoded` is what follows the word ApiKey: base64 of id:key. */
  readonly elasticsearch: { readonly id: string; readonly key: string; readonly encoded: string };
  readonly jira: { readonly email: string; readonly apiToken: string };
}

/** The same tenant and seed give the same secrets, so that a restarted demo still knows its own connections. */
export function demoCredentials(tenant: Tenant, seed: number): VendorCredentials {
  const secret = (name: string, length: number) =>
    createHash('sha256')
      .update(`tessera-demo|${seed}|${tenant}|${name}`)
      .digest('base64url')
      .replace(/[-_]/g, 'x')
      .slice(0, length);
  const id = secret('elastic-id', 20);
  const key = secret('elastic-key', 22);
  return {
    okta: { token: `00${secret('okta', 40)}` },
    intune: {
      directory: guid(secret('directory', 32)),
      clientId: guid(secret('graph-client', 32)),
      clientSecret: secret('graph-secret', 40),
    },
    jamf: {
      clientId: guid(secret('jamf-client', 32)),
      clientSecret: secret('jamf-secret', 40),
      username: 'tessera-reader',
      password: secret('jamf-password', 20),
    },
    elasticsearch: { id, key, encoded: Buffer.from(`${id}:${key}`).toString('base64') },
    jira: { email: `tessera-reader@${tenant}.example`, apiToken: `ATATT3x${secret('jira', 36)}` },
  };
}

function guid(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
