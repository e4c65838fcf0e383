// Whose tokens are taken: each issuer with its audience, its applications and the tenants that it may speak for.
import { readFile } from 'node:fs/promises';
import { Fault, isTenant, type Tenant } from '@tessera/base';
import { z } from 'zod';

export interface Issuer {
  /** Compared character by character with `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Client ids whose tokens are taken (`client_id`, or Okta's `cid`). */
  readonly clients: readonly string[];
  /** A token of this issuer for any other tenant is refused: one customer's directory cannot vouch for another's people. */
  readonly tenants: readonly Tenant[] | '*';
}

const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

/** https, or plain http on this very machine: keys that travel in the open can be replaced on the way. */
export function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || url.username || url.password) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname));
}

const issuerSchema = z.strictObject({
  issuer: z
    .url()
    .refine(isSafeUrl, 'must be https (http only on 127.0.0.1)')
    .refine((url) => !/[?#]/.test(url), 'has no query and no fragment'),
  audience: z.string().min(1),
  clients: z.array(z.string().min(1)).min(1),
  tenants: z.literal('*').or(z.array(z.custom<Tenant>(isTenant, 'not a tenant')).min(1)),
});
const issuersSchema = z
  .array(issuerSchema)
  .min(1)
  .refine((list) => new Set(list.map(({ issuer }) => issuer)).size === list.length, 'an issuer is listed twice');

/** unknown → issuers, or ISSUERS_INVALID that names the place in the file. */
export function parseIssuers(value: unknown, where: string): readonly Issuer[] {
  const parsed = issuersSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Fault('ISSUERS_INVALID', {
    where,
    at: issue?.path.join('.') || '(top)',
    problem: issue?.message ?? 'not valid',
  });
}

/** Reads the file; undefined where there is none. */
export async function readIssuers(file: string): Promise<readonly Issuer[] | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Fault('ISSUERS_INVALID', { where: file, at: '(top)', problem: `it cannot be read (${error.code})` });
  });
  if (text === undefined) return undefined;
  try {
    return parseIssuers(JSON.parse(text), file);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('ISSUERS_INVALID', { where: file, at: '(top)', problem: 'not JSON' }, { cause: error });
  }
}
