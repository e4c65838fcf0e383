// One data key a tenant for all functions: wrapped by KMS, kept once in the bucket, and brought to the keyring of whichever function needs it.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Tenant } from '@tessera/base';
import type { Keyring } from '@tessera/security';
import type { PlatformDocuments } from './platform-documents.ts';

/**
 * Makes the keyring's file of the tenant what the bucket holds, at each call: a key that was rotated or erased elsewhere is noticed.
 * Where the bucket holds none the keyring makes one; of two functions that do so at once, the one that writes it first is right.
 */
export async function bringKey(
  tenant: Tenant,
  folder: string,
  keyring: Pick<Keyring, 'derive'>,
  documents: PlatformDocuments,
): Promise<void> {
  const file = path.join(folder, 'tenants', `${tenant}.json`);
  const local = () => readFile(file, 'utf8').catch(() => undefined);
  let shared = await documents.wrappedKeyOf(tenant);
  if (shared === undefined) {
    // A file from before the object was removed would bring back what somebody took away.
    await rm(file, { force: true });
    await keyring.derive(tenant, 'mask');
    const made = (await local()) ?? '';
    shared = (await documents.addWrappedKey(tenant, made)) ? made : await documents.wrappedKeyOf(tenant);
  }
  if (shared === undefined || shared === (await local())) return;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, shared, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
