// Backup and restore of one tenant: every object under its prefix, sealed, with a manifest that says what must come back.
import { createHash } from 'node:crypto';
import { Fault, isTenant, type Tenant } from '@tessera/base';
import { z } from 'zod';
import type { ObjectKey, ObjectStore } from './contract.ts';
import { tenantKey, tenantPrefix } from './keys.ts';

/** Seals and opens the bytes of an object under the tenant's key; the label is the object's key. */
export interface Sealing {
  readonly seal: (label: string, plain: Uint8Array) => Promise<Uint8Array>;
  readonly open: (label: string, sealed: Uint8Array) => Promise<Uint8Array>;
}

const manifestSchema = z.strictObject({
  format: z.literal(1),
  tenant: z.custom<Tenant>(isTenant, 'not a tenant'),
  at: z.string(),
  /** Newest release when it began; 0 before the first. */
  release: z.number().int().min(0),
  /** Version of the policy pack in force, so that a restore can say that another is. */
  policy: z.string(),
  objects: z.array(z.strictObject({ key: z.string(), bytes: z.number(), sha256: z.string() })),
  /** Order-independent checksums of the release's tables. */
  tables: z.record(z.string(), z.strictObject({ rows: z.number(), sum: z.string() })),
  /** What belongs to the tenant beside its lake, by name: configuration, sealed secrets, wrapped key. Kept as given. */
  files: z.array(z.strictObject({ name: z.string(), bytes: z.number(), sha256: z.string() })),
  /** The digest of all this, sealed: who cannot seal cannot make a manifest. Base64. */
  proof: z.string(),
});
export type BackupManifest = z.infer<typeof manifestSchema>;

export interface Progress {
  readonly done: number;
  readonly of: number;
}

export interface BackupNeeds {
  readonly tenant: Tenant;
  readonly from: ObjectStore;
  /** An empty place, or one that holds an earlier backup of the same tenant: objects never change, so only new ones are copied. */
  readonly to: ObjectStore;
  readonly sealing: Sealing;
  readonly facts: Pick<BackupManifest, 'at' | 'release' | 'policy' | 'tables'>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly onProgress?: (progress: Progress) => void;
}

const fileKey = (tenant: Tenant, name: string): ObjectKey => tenantKey(tenant, 'backup', name);
const proofLabel = 'manifest';
/** The same for the same manifest, whatever the order of its fields. */
const digestOf = ({ format, tenant, at, release, policy, objects, tables, files }: Omit<BackupManifest, 'proof'>) =>
  sha256(
    encode([
      ...[format, tenant, at, release, policy],
      objects.map((one) => [one.key, one.bytes, one.sha256]),
      Object.entries(tables)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { rows, sum }]) => [name, rows, sum]),
      files.map((one) => [one.name, one.bytes, one.sha256]),
    ]),
  );
const manifestKey = (tenant: Tenant): ObjectKey => tenantKey(tenant, 'backup', 'manifest.json');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Leases belong to processes that run now, not to the data. */
const isPassing = (key: string): boolean => key.includes('/leases/') || key.includes('/backup/');
/** Written once, and never changed: in a later backup it need not be copied again. Everything else may be, and is small. */
const isWrittenOnce = (key: string): boolean =>
  /\.parquet$|\/_delta_log\/\d{20}\.json$|\/releases\/\d+\.json$/.test(key);
const rawPage = /^(.*\/raw\/.*)\.(json\.zst|meta\.json)$/;

async function keysOf(store: ObjectStore, tenant: Tenant, chosen: (key: string) => boolean): Promise<ObjectKey[]> {
  const keys: ObjectKey[] = [];
  for await (const key of store.keys(tenantPrefix(tenant))) if (!isPassing(key) && chosen(key)) keys.push(key);
  return keys;
}

/**
 * Copies the tenant while its pipeline may go on. Releases are listed before logs and logs before data, because each names
 * only what was stored before it: whatever is copied is complete. The manifest comes last; without it there is no backup.
 */
export async function backupTenant(needs: BackupNeeds): Promise<BackupManifest> {
  const { tenant, from, to, sealing, facts, onProgress } = needs;
  const isRelease = (key: string) => key.includes('/releases/');
  const isLog = (key: string) => key.includes('/_delta_log/');
  const known = new Map((await readManifest(to, tenant))?.objects.map((object) => [object.key, object]));
  /** A page never changes once it has its sidecar; bytes without one may be of an answer that is fetched again. */
  const isWholePage = (key: string) => {
    const page = rawPage.exec(key)?.[1];
    return page !== undefined && known.has(`${page}.meta.json` as ObjectKey);
  };
  const keys = [
    ...(await keysOf(from, tenant, isRelease)),
    ...(await keysOf(from, tenant, isLog)),
    ...(await keysOf(from, tenant, (key) => !isRelease(key) && !isLog(key))),
  ];
  const objects: BackupManifest['objects'] = [];
  for (const [i, key] of keys.entries()) {
    const before = known.get(key);
    if (before && (isWrittenOnce(key) || isWholePage(key))) objects.push(before);
    else {
      const body = await from.get(key);
      // Gone between the list and now: a document that was dealt with, or what vacuum took.
      if (body === undefined) continue;
      await to.put(key, await sealing.seal(key, body));
      objects.push({ key, bytes: body.byteLength, sha256: sha256(body) });
    }
    onProgress?.({ done: i + 1, of: keys.length });
  }
  const files: BackupManifest['files'] = [];
  for (const [name, body] of Object.entries(needs.files ?? {})) {
    await to.put(fileKey(tenant, name), body);
    files.push({ name, bytes: body.byteLength, sha256: sha256(body) });
  }
  const told = { format: 1 as const, tenant, ...facts, objects, files };
  const proof = await sealing.seal(proofLabel, new TextEncoder().encode(digestOf(told)));
  const manifest: BackupManifest = { ...told, proof: Buffer.from(proof).toString('base64') };
  await to.put(manifestKey(tenant), encode(manifest));
  return manifest;
}

/** The manifest of a backup, undefined where there is none; BACKUP_BROKEN where it cannot be read or is of another tenant. */
export async function readManifest(from: ObjectStore, tenant: Tenant): Promise<BackupManifest | undefined> {
  const body = await from.get(manifestKey(tenant));
  if (body === undefined) return undefined;
  const parsed = manifestSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new Fault('BACKUP_BROKEN', { tenant, problem: 'its manifest is not one of ours' });
  if (parsed.data.tenant !== tenant)
    throw new Fault('BACKUP_BROKEN', { tenant, problem: 'its manifest names another tenant' });
  return parsed.data;
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** A file of the backup as it was given, undefined where it has none of that name; BACKUP_BROKEN where it is another. */
export async function readBackupFile(
  from: ObjectStore,
  { tenant, files }: BackupManifest,
  name: string,
): Promise<Uint8Array | undefined> {
  const wanted = files.find((file) => file.name === name);
  if (wanted === undefined) return undefined;
  const body = await from.get(fileKey(tenant, name));
  if (body === undefined || sha256(body) !== wanted.sha256)
    throw new Fault('BACKUP_BROKEN', { tenant, problem: `a file is missing or differs: ${name}` });
  return body;
}

export interface RestoreNeeds {
  readonly tenant: Tenant;
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly sealing: Sealing;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Brings a backup back into a place that holds nothing of the tenant (RESTORE_NOT_EMPTY). Every object is opened and compared with the
 * manifest before it is stored (BACKUP_BROKEN names the first that differs); releases come last, so that a restore that breaks off serves nothing.
 */
export async function restoreTenant({ tenant, from, to, sealing, onProgress }: RestoreNeeds): Promise<BackupManifest> {
  const manifest = await readManifest(from, tenant);
  if (manifest === undefined) throw new Fault('BACKUP_BROKEN', { tenant, problem: 'there is no manifest' });
  const proof = await sealing.open(proofLabel, Buffer.from(manifest.proof, 'base64')).catch((error: unknown) => {
    // A key that was erased is no damage: whoever asks is told so.
    if (error instanceof Fault && error.code === 'KEY_ERASED') throw error;
    return undefined;
  });
  if (proof === undefined || new TextDecoder().decode(proof) !== digestOf(manifest))
    throw new Fault('BACKUP_BROKEN', { tenant, problem: 'its manifest was not made by who holds the key' });
  for await (const key of to.keys(tenantPrefix(tenant))) {
    if (!isPassing(key)) throw new Fault('RESTORE_NOT_EMPTY', { tenant });
  }
  const releasesLast = [...manifest.objects].sort(
    (a, b) => Number(a.key.includes('/releases/')) - Number(b.key.includes('/releases/')),
  );
  for (const [i, { key, bytes, sha256: wanted }] of releasesLast.entries()) {
    const problem = (what: string) => new Fault('BACKUP_BROKEN', { tenant, problem: `${what}: ${key}` });
    // A manifest is data: it may not name what is not this tenant's.
    if (!key.startsWith(tenantPrefix(tenant)) || key.includes('..')) throw problem('it names an object of elsewhere');
    const sealed = await from.get(key as ObjectKey);
    if (sealed === undefined) throw problem('an object is missing');
    const plain = await sealing.open(key, sealed);
    if (plain.byteLength !== bytes || sha256(plain) !== wanted) throw problem('an object differs from the manifest');
    await to.put(key as ObjectKey, plain);
    onProgress?.({ done: i + 1, of: releasesLast.length });
  }
  return manifest;
}

/** Deletes every object of the tenant; returns how many, and how many were found afterwards (0). */
export async function eraseTenant(
  store: ObjectStore,
  tenant: Tenant,
): Promise<{ readonly objects: number; readonly bytes: number; readonly left: number }> {
  let objects = 0;
  let bytes = 0;
  const all: { key: ObjectKey; bytes: number }[] = [];
  for await (const one of store.list(tenantPrefix(tenant))) all.push(one);
  for (const one of all) {
    await store.delete(one.key);
    objects += 1;
    bytes += one.bytes;
  }
  let left = 0;
  for await (const _ of store.keys(tenantPrefix(tenant))) left += 1;
  return { objects, bytes, left };
}
