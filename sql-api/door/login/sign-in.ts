// In charge of who is at the other end: a person's token or a service account's proof, and one and the same refusal for everything else.
import { asFault, type Clock, Fault, isTenant } from '@tessera/base';
import type { Access, Rights, VerifyToken } from '@tessera/security';
import type { SemanticLayer } from '../contract.ts';
import { createScramServer, mechanism } from '../wire/scram.ts';
import { type Accounts, accountPrefix } from './accounts.ts';

export interface SignInNeeds {
  readonly verifyToken: VerifyToken;
  readonly accounts: Accounts;
  readonly layer: Pick<SemanticLayer, 'rights'>;
  readonly now: Clock;
}

export interface SignedIn {
  readonly access: Access;
  /** Decides anew: throws where the sign-in is no longer good, or the rights are gone. */
  check(): Rights;
}

/** The client's side of the conversation, whatever bytes carry it. */
export interface Challenge {
  cleartext(): Promise<string>;
  saslStart(mechanisms: readonly string[]): Promise<{ readonly mechanism: string; readonly data: string }>;
  saslContinue(data: string): Promise<string>;
  saslFinal(data: string): void;
}

/** A sign-in that was refused; the client is told the same whatever was wrong. */
export class SignInRefused extends Error {}

const longest = 253_402_300_799;

/** Who it is; what they may is `check`'s to say. SignInRefused where the proof is not right, a Fault where nobody can tell (an outage). */
export async function signIn(
  needs: SignInNeeds,
  user: string,
  database: string,
  challenge: Challenge,
): Promise<SignedIn> {
  return user.startsWith(accountPrefix)
    ? serviceAccount(needs, user, database, challenge)
    : person(needs, user, database, challenge);
}

async function person(needs: SignInNeeds, user: string, database: string, challenge: Challenge): Promise<SignedIn> {
  const token = await challenge.cleartext();
  const access = await needs.verifyToken(token).catch((error) => {
    const fault = asFault(error);
    throw fault.code === 'ISSUER_UNAVAILABLE' ? fault : new SignInRefused();
  });
  const isHis =
    user === access.subject || (access.email !== undefined && user.toLowerCase() === access.email.toLowerCase());
  if (!isHis || access.tenant !== database) throw new SignInRefused();
  return {
    access,
    check() {
      if (needs.now().getTime() / 1000 >= access.expiresAt) throw new Fault('TOKEN_INVALID', {});
      return rights(needs, access);
    },
  };
}

async function serviceAccount(
  { accounts, ...needs }: SignInNeeds,
  user: string,
  database: string,
  challenge: Challenge,
): Promise<SignedIn> {
  const { verifier, account, stamp } = await accounts.find(database, user);
  const scram = createScramServer(verifier);
  const start = await challenge.saslStart([mechanism]);
  const first = start.mechanism === mechanism ? scram.first(start.data) : undefined;
  if (first === undefined) throw new SignInRefused();
  const last = scram.final(await challenge.saslContinue(first));
  if (last === undefined || !account || !isTenant(database)) throw new SignInRefused();
  challenge.saslFinal(last);
  const expiresAt = account.expiresAt === undefined ? longest : Math.floor(Date.parse(account.expiresAt) / 1000);
  const access: Access = Object.freeze({
    tenant: database,
    subject: user,
    email: undefined,
    name: undefined,
    groups: Object.freeze([account.role]),
    org: account.org,
    region: account.region,
    teams: Object.freeze([...(account.teams ?? [])]),
    amr: Object.freeze([]),
    issuer: 'tessera:sql-user',
    client: 'tessera-sql',
    // A password is a proof as a token is: what was taken away holds for those made until then, and a new one is good again.
    issuedAt: Math.floor(Date.parse(account.rotatedAt ?? account.createdAt) / 1000),
    expiresAt,
  });
  return {
    access,
    check() {
      if (!accounts.stillGood(access.tenant, user, stamp)) throw new Fault('TOKEN_INVALID', {});
      return rights({ ...needs }, access);
    },
  };
}

/** The rights of now; without the action `sql` this door stays closed. */
function rights({ layer }: Pick<SignInNeeds, 'layer'>, access: Access): Rights {
  const decided = layer.rights(access);
  if (!decided.actions.has('sql')) throw new Fault('ACTION_DENIED', { action: 'sql', rule: 'default-deny' });
  return decided;
}
