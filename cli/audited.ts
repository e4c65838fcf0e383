// An act of a command on the audit trail: its intent before it begins, its outcome after it.
import { userInfo } from 'node:os';
import { readSettings, type Tenant } from '@tessera/base';
import type { AuditEntry } from '@tessera/security';
import { openAudit } from './wire-audit.ts';

/** The act is by whoever is signed in to this machine; one without a tenant is of nobody in particular. */
export async function audited<T>(
  act: Pick<AuditEntry, 'action' | 'purpose' | 'release' | 'object'> & { readonly tenant: Tenant | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const audit = await openAudit(readSettings(process.env), 'cli');
  try {
    return await audit.sensitive({ ...act, door: 'cli', subject: `os:${userInfo().username}` }, work);
  } finally {
    await audit.close();
  }
}
