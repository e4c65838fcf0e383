// Which master key there is: KMS where one is named, a file of this machine elsewhere. Nothing else differs.
import type { Keyring } from './contract.ts';
import { createKeyring, hasNoKeys } from './keyring.ts';
import { createKmsMaster, type KmsSettings } from './kms-master.ts';
import { createLocalMaster } from './local-master.ts';

export interface KeyringSettings {
  /** Holds the wrapped keys, and the master key where it is a file. */
  readonly folder: string;
  readonly kms?: KmsSettings | undefined;
}

/** With `kms`, keys that the file still wraps stay readable; the next rotation brings them under KMS. */
export function openKeyring({ folder, kms }: KeyringSettings): Keyring {
  const local = createLocalMaster(folder, () => hasNoKeys(folder));
  return createKeyring(kms ? { folder, master: createKmsMaster(kms), earlier: local } : { folder, master: local });
}
