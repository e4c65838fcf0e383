// In charge of the service accounts of the SQL door: a file of verifiers, from which no password can be had.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, Fault, isTenant, type Tenant } from '@tessera/base';
import { attributeSchema } from '@tessera/security';
import { z } from 'zod';
import { absentVerifier, makeVerifier, type ScramVerifier } from '../wire/scram.ts';

/** Every account's name begins so, and no person's does: the door knows by the name which proof to ask for, and tells nothing by asking. */
export const accountPrefix = 'svc-';

export interface Account {
  readonly tenant: Tenant;
  /** What is written as user of the connection. */
  readonly user: string;
  readonly role: string;
  /** What a person's token would carry: roles that are scoped to rows ask for them. */
  readonly org?: string | undefined;
  readonly region?: string | undefined;
  readonly teams?: readonly string[] | undefined;
  readonly createdAt: string;
  /** When its password was made that is good now, if not with the account. */
  readonly rotatedAt?: string | undefined;
  /** The moment when it ends; undefined: when it is removed. */
  readonly expiresAt?: string | undefined;
}

export interface NewAccount extends Pick<Account, 'tenant' | 'role' | 'org' | 'region' | 'teams' | 'expiresAt'> {
  /** Without the prefix. */
  readonly name: string;
}

export interface Accounts {
  list(): Promise<readonly Account[]>;
  /** Gives the password, which is kept nowhere. SQL_USER_EXISTS, SQL_USER_INVALID. */
  create(account: NewAccount): Promise<{ user: string; password: string }>;
  /** A new password; sessions and copies of the old one end. SQL_USER_UNKNOWN. */
  rotate(tenant: Tenant, user: string): Promise<{ user: string; password: string }>;
  remove(tenant: Tenant, user: string): Promise<void>;
  /** Always a verifier: that of nobody where there is no such account. */
  find(
    tenant: string,
    user: string,
  ): Promise<{ readonly verifier: ScramVerifier; readonly account: Account | undefined; readonly stamp: string }>;
  /** True while the account is the one that signed in: not removed, not rotated, not expired. Looks at the file at most once a second. */
  stillGood(tenant: Tenant, user: string, stamp: string): boolean;
}

const verifierSchema = z.strictObject({
  salt: z.base64(),
  iterations: z.number().int().min(4096),
  storedKey: z.base64(),
  serverKey: z.base64(),
});
const fileSchema = z.strictObject({
  secret: z.base64(),
  accounts: z.array(
    z.strictObject({
      tenant: z.custom<Tenant>(isTenant, 'not a tenant'),
      user: z.string().regex(/^svc-[a-z0-9][a-z0-9-]{0,40}$/),
      role: z.string().min(1).max(100),
      org: attributeSchema.optional(),
      region: attributeSchema.optional(),
      teams: z.array(attributeSchema).max(200).optional(),
      createdAt: z.iso.datetime(),
      rotatedAt: z.iso.datetime().optional(),
      expiresAt: z.iso.datetime().optional(),
      verifier: verifierSchema,
    }),
  ),
});
type File = z.infer<typeof fileSchema>;
type Row = File['accounts'][number];

const nameShape = /^[a-z0-9][a-z0-9-]{0,40}$/;
const lookEveryMs = 1000;

export function openAccounts(file: string, now: Clock): Accounts {
  let kept: { readonly stamp: string; readonly content: File } | undefined;
  let lookedAt = 0;
  const noFile = (): File => ({ secret: randomBytes(32).toString('base64'), accounts: [] });
  let absent: File | undefined;

  async function read(): Promise<File> {
    lookedAt = performance.now();
    const found = await stat(file).catch(() => undefined);
    if (!found) {
      kept = undefined;
      absent ??= noFile();
      return absent;
    }
    const stamp = `${found.mtimeMs}.${found.size}.${found.ino}`;
    if (kept?.stamp === stamp) return kept.content;
    try {
      const content = fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
      kept = { stamp, content };
      return content;
    } catch (error) {
      kept = undefined;
      const problem = error instanceof z.ZodError ? 'it is not in the form that we write' : (error as Error).name;
      throw new Fault('SQL_USERS_UNREADABLE', { file, problem }, { cause: error });
    }
  }

  async function write(change: (accounts: readonly Row[]) => Row[]): Promise<void> {
    const before = await read();
    const content: File = { secret: before.secret, accounts: change(before.accounts) };
    await mkdir(path.dirname(file), { recursive: true });
    const beside = `${file}.${process.pid}`;
    await writeFile(beside, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    await rename(beside, file);
  }

  const same = (tenant: string, user: string) => (row: Row) => row.tenant === tenant && row.user === user;
  const isExpired = ({ expiresAt }: Account) => expiresAt !== undefined && Date.parse(expiresAt) <= now().getTime();
  const newPassword = async () => {
    const password = randomBytes(24).toString('base64url');
    return { password, verifier: await makeVerifier(password) };
  };
  const find = (content: File, tenant: string, user: string): Row | undefined => {
    const row = content.accounts.find(same(tenant, user));
    return row && !isExpired(row) ? row : undefined;
  };

  return {
    async list() {
      return (await read()).accounts.map(({ verifier: _, ...account }) => account);
    },
    async create({ tenant, name, role, org, region, teams, expiresAt }) {
      if (!nameShape.test(name))
        throw new Fault('SQL_USER_INVALID', {
          problem: 'a name has lower-case letters, digits and hyphens, at most 41',
        });
      if (expiresAt !== undefined && !(Date.parse(expiresAt) > now().getTime()))
        throw new Fault('SQL_USER_INVALID', {
          problem: 'its end is not a moment in the future, like 2027-01-31T00:00:00Z',
        });
      for (const value of [org, region, ...(teams ?? [])])
        if (value !== undefined && !attributeSchema.safeParse(value).success)
          throw new Fault('SQL_USER_INVALID', {
            problem: 'an org, region or team is up to 63 letters, digits, spaces, points, hyphens and underscores',
          });
      const user = `${accountPrefix}${name}`;
      const { password, verifier } = await newPassword();
      await write((accounts) => {
        if (accounts.some(same(tenant, user))) throw new Fault('SQL_USER_EXISTS', { tenant, user });
        const end = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() };
        const attributes = {
          ...(org && { org }),
          ...(region && { region }),
          ...(teams?.length && { teams: [...teams] }),
        };
        return [...accounts, { tenant, user, role, ...attributes, createdAt: now().toISOString(), ...end, verifier }];
      });
      return { user, password };
    },
    async rotate(tenant, user) {
      const { password, verifier } = await newPassword();
      await write((accounts) => {
        if (!accounts.some(same(tenant, user))) throw new Fault('SQL_USER_UNKNOWN', { tenant, user });
        const rotatedAt = now().toISOString();
        return accounts.map((row) => (same(tenant, user)(row) ? { ...row, rotatedAt, verifier } : row));
      });
      return { user, password };
    },
    async remove(tenant, user) {
      await write((accounts) => {
        if (!accounts.some(same(tenant, user))) throw new Fault('SQL_USER_UNKNOWN', { tenant, user });
        return accounts.filter((row) => !same(tenant, user)(row));
      });
    },
    async find(tenant, user) {
      const content = await read();
      const row = find(content, tenant, user);
      const verifier = row?.verifier ?? absentVerifier(Buffer.from(content.secret, 'base64'), `${tenant}/${user}`);
      return { verifier, account: row, stamp: verifier.storedKey };
    },
    stillGood(tenant, user, stamp) {
      if (performance.now() - lookedAt > lookEveryMs) {
        lookedAt = performance.now();
        // What it finds counts from the next statement on; a file that cannot be read lets nobody on.
        read().catch(() => {});
      }
      const content = kept?.content;
      return content !== undefined && find(content, tenant, user)?.verifier.storedKey === stamp;
    },
  };
}
