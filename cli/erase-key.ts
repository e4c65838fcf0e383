// Erasure of a tenant's key: what it sealed is unreadable from then on, and what was never sealed is deleted.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Settings, Tenant } from '@tessera/base';
import { eraseTenant, type ObjectStore } from '@tessera/lakehouse';
import type { Keys } from './wire-keys.ts';

export interface ErasedKey {
  /** Objects of the lake that were deleted, and those that were still there afterwards (0). */
  readonly objects: number;
  readonly bytes: number;
  readonly left: number;
}

/**
 * The key first: from then on nothing sealed can be read, wherever a copy of it lies. Then the sealed secrets, the serving copies and the lake's plain tables.
 * Broken off, it is begun again. Who calls it holds the tenant's lease, or a run that is under way writes after the deletion.
 */
export async function eraseKey(
  { home }: Pick<Settings, 'home'>,
  { keyring, secrets }: Keys,
  store: ObjectStore,
  tenant: Tenant,
): Promise<ErasedKey> {
  await keyring.erase(tenant);
  await secrets.forget(tenant);
  await rm(path.join(home, 'serving', `tenant-${tenant}`), { recursive: true, force: true });
  return eraseTenant(store, tenant);
}
