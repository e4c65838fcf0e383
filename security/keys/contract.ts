// Keys: one data key per tenant, wrapped by a master key that lives in a local file or in a key service. Nothing outside this folder sees a key that can open anything.
import type { Tenant } from '@tessera/base';

/** What sealed bytes are for; bound to them, so that one cannot stand for another. */
export type SealPurpose = 'secret' | 'raw-page' | 'backup';

/** Uses of derived keys. `mask` keys the tokens of personal data. */
export type DerivedUse = 'mask' | 'lake' | 'serving';

export interface Keyring {
  /** Refuses a master key that others may read (KEY_FILE_OPEN) before anything is sealed with it. */
  check(): Promise<void>;
  /** AES-256-GCM under the tenant's data key, which is made where there is none. `label` (a key, a name) is authenticated with it. KEY_ERASED where the tenant's key is no more. */
  seal(tenant: Tenant, purpose: SealPurpose, label: string, plain: Uint8Array): Promise<Uint8Array>;
  /** The plain bytes; KEY_ERASED where the tenant's key is no more, SEAL_BROKEN where bytes, tenant, purpose or label differ. */
  open(tenant: Tenant, purpose: SealPurpose, label: string, sealed: Uint8Array): Promise<Uint8Array>;
  /** 32 bytes derived (HKDF-SHA256) from the tenant's data key; the same for ever, across rotations too. */
  derive(tenant: Tenant, use: DerivedUse): Promise<Uint8Array>;
  /** The tenant's data key as it is kept, wrapped: for a backup. It opens nothing without the master key. Undefined where there is none. */
  wrapped(tenant: Tenant): Promise<string | undefined>;
  /** Takes a wrapped data key back where the tenant has none. KEY_ERASED where it was erased; SEAL_BROKEN where it is of another tenant or our master key does not open it. */
  adopt(tenant: Tenant, wrapped: string): Promise<void>;
  /** Wraps every data key anew under a new master key; nothing sealed changes, and everything stays readable meanwhile. Broken off, it is begun again. */
  rotate(): Promise<{ readonly tenants: number }>;
  /** Destroys the tenant's data key for good, and leaves a mark so that none is ever made for that name again. */
  erase(tenant: Tenant): Promise<void>;
  status(): Promise<readonly KeyStatus[]>;
}

export interface KeyStatus {
  readonly tenant: Tenant;
  readonly state: 'active' | 'erased';
  /** Version of the master key that wraps it: `local:<n>` or `kms:<arn>`; empty where the key is erased. */
  readonly master: string;
  readonly madeAt: string;
  readonly erasedAt: string | undefined;
}

export interface WrappedKey {
  readonly master: string;
  readonly bytes: Uint8Array;
}

/** What wraps data keys. Two of them, one contract. */
export interface MasterKey {
  /** Beginning of the names of its versions. */
  readonly kind: 'local' | 'kms';
  check(): Promise<void>;
  wrap(tenant: Tenant, key: Uint8Array): Promise<WrappedKey>;
  /** SEAL_BROKEN where it was wrapped for another tenant or is damaged, MASTER_KEY_MISSING where that version is gone. */
  unwrap(tenant: Tenant, wrapped: WrappedKey): Promise<Uint8Array>;
  /** A new version, by which everything is wrapped from now on; older ones still unwrap. */
  renew(): Promise<void>;
  /** Forgets the versions that wrap nothing any more. */
  retire(inUse: ReadonlySet<string>): Promise<void>;
}

/** A tenant's secrets, sealed: what connections sign in with. Values go in and to their connector, and are shown nowhere. */
export interface SecretStore {
  set(tenant: Tenant, name: string, value: string): Promise<void>;
  list(tenant: Tenant): Promise<readonly { readonly name: string; readonly setAt: string }[]>;
  /** False where there was none of that name. */
  remove(tenant: Tenant, name: string): Promise<boolean>;
  /** Undefined where there is none. */
  read(tenant: Tenant, name: string): Promise<string | undefined>;
  /** Removes the tenant's file. */
  forget(tenant: Tenant): Promise<void>;
}
