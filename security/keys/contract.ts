// Keys: one data key per tenant, wrapped by a master key that lives in a local file or in a key service. Nothing outside this folder sees a key.
import type { Tenant } from '@tessera/base';

/** What sealed bytes are for; bound to them, so that one cannot stand for another. */
export type SealPurpose = 'secret' | 'raw-page' | 'backup';

export interface Keyring {
  /** AES-256-GCM under the tenant's data key. `label` (a key, a name) is authenticated with it. */
  seal(tenant: Tenant, purpose: SealPurpose, label: string, plain: Uint8Array): Promise<Uint8Array>;
  /** The plain bytes; KEY_ERASED where the tenant's key is no more, SEAL_BROKEN where bytes, tenant, purpose or label differ. */
  open(tenant: Tenant, purpose: SealPurpose, label: string, sealed: Uint8Array): Promise<Uint8Array>;
  /** 32 bytes derived (HKDF-SHA256) from the tenant's data key; the same for ever, across rotations too. `mask` keys the tokens of personal data. */
  derive(tenant: Tenant, use: 'mask' | 'lake' | 'serving'): Promise<Uint8Array>;
  /** Wraps every data key anew under a new master key; nothing sealed changes. */
  rotate(): Promise<{ readonly tenants: number }>;
  /** Destroys the tenant's data key for good. */
  erase(tenant: Tenant): Promise<void>;
}
