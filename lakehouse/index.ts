// The door of lakehouse: stores, the engine, a tenant's lake and its serving copy.

export { withAttached } from './attach.ts';
export {
  type BackupManifest,
  type BackupNeeds,
  backupTenant,
  eraseTenant,
  type Progress,
  type RestoreNeeds,
  readBackupFile,
  readManifest,
  restoreTenant,
  type Sealing,
} from './backup.ts';
export { type Checksum, checksumOf } from './checksum.ts';
export type * from './contract.ts';
export { createEngine, type EngineSettings } from './engine.ts';
export { createFolderStore } from './folder-store.ts';
export { bronzeName, parseTableName } from './keys.ts';
export { type OpenStoreSettings, openObjectStore, parseStorePlace, type StorePlace } from './open-store.ts';
export { type RevealedToken, revealTokens } from './pii-reveal.ts';
export { tokenForm } from './pii-tokens.ts';
export { createS3Store, isAbsent, type S3StoreSettings } from './s3-store.ts';
export { sweepOpened } from './sealed-objects.ts';
export { createServing, type ServingDoor, type ServingSettings } from './serving.ts';
export type { ServedTables } from './serving-file.ts';
export { openTenantLake } from './tenant-lake.ts';
