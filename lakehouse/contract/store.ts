// What an object store is: bytes by key, durable when told so, sealed under a tenant's key.

/** A key inside the store. Only keys.ts makes one, always under a tenant's prefix (or platform/). */
export type ObjectKey = string & { readonly __brand: 'ObjectKey' };

export interface StoredObject {
  readonly key: ObjectKey;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** Objects by key. Every write is durable (file and folder fsynced, or acknowledged by S3) when its promise resolves. */
export interface ObjectStore {
  put(key: ObjectKey, body: Uint8Array): Promise<void>;
  /** False where the key exists already; then nothing is changed. */
  putIfAbsent(key: ObjectKey, body: Uint8Array): Promise<boolean>;
  /** Stores a finished local file under the key (moved or uploaded). */
  putFile(key: ObjectKey, localPath: string): Promise<number>;
  get(key: ObjectKey): Promise<Uint8Array | undefined>;
  /** In ascending order, those after `after`; one that is deleted meanwhile may be among them. */
  keys(prefix: ObjectKey, after?: ObjectKey): AsyncIterable<ObjectKey>;
  /** The same with what a folder has to be asked for file by file. */
  list(prefix: ObjectKey, after?: ObjectKey): AsyncIterable<StoredObject>;
  delete(key: ObjectKey): Promise<void>;
  /** Path of a local file with the object's bytes, for DuckDB: the file itself, or a cached download (objects never change in place). */
  localPath(key: ObjectKey): Promise<string>;
}

/** Seals what is stored under the tenant's key. `label` is bound to the bytes: one object cannot stand for another. */
export interface ObjectSealing {
  /** False where new objects are stored as they are. */
  readonly on: boolean;
  isSealed(bytes: Uint8Array): boolean;
  seal(label: string, plain: Uint8Array): Promise<Uint8Array>;
  open(label: string, sealed: Uint8Array): Promise<Uint8Array>;
}
