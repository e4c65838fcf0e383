// Who asks: people of the tenant with every role, scope and clearance of the policy pack, by tokens that the test signs itself.
import type { Tenant } from '@tessera/base';
import type { Issuer } from '@tessera/security';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { asker, canary } from './world.ts';

export const issuer: Issuer = {
  issuer: 'https://issuer.example',
  audience: 'api://tessera',
  clients: ['tessera-app'],
  tenants: '*',
};

/** By subject: claims beside the tenant's. Two of them are refused whatever they ask. */
export const people: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  analyst: { groups: ['analyst'] },
  admin: { groups: ['admin'], amr: ['pwd', 'mfa'] },
  viewer: { groups: ['viewer'] },
  steward: { groups: ['steward'] },
  operator: { groups: ['operator'] },
  platform: { groups: ['platform-analyst', 'analyst'] },
  lowered: { groups: ['analyst'], clearance: 'internal' },
  hq: { groups: ['org-analyst'], org: `${asker}-hq` },
  elsewhere: { groups: ['org-analyst'], org: 'globex-inc-hq' },
  german: { groups: ['region-analyst'], region: 'DE' },
  team: { groups: ['team-viewer'], teams: ['IT', 'Sales'] },
  teamless: { groups: ['team-viewer'] },
  stranger: { groups: ['nobody-knows-this-group'] },
};
export const subjects = Object.keys(people);

export interface Signer {
  /** Goes to every server: the issuer's key as it publishes it. */
  readonly publicKey: JWK;
  token(tenant: Tenant, subject: string): Promise<string>;
}

export async function createSigner(): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const made = new Map<string, Promise<string>>();
  const sign = (tenant: Tenant, subject: string) =>
    new SignJWT({
      tenant_id: tenant,
      client_id: 'tessera-app',
      auth_time: Math.floor(Date.now() / 1000),
      // What a directory says of strangers is nobody else's either.
      ...(tenant === asker ? {} : { name: `${canary} ${subject}`, email: `${canary}@${tenant}.example` }),
      ...people[subject],
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(issuer.issuer)
      .setAudience(issuer.audience)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime('4h')
      .sign(privateKey);
  return {
    publicKey: { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' },
    token(tenant, subject) {
      const id = `${tenant} ${subject}`;
      const token = made.get(id) ?? sign(tenant, subject);
      made.set(id, token);
      return token;
    },
  };
}
