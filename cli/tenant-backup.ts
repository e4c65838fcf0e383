// Backup, restore and restore drill of one tenant: its lake, sealed, and what of the home belongs to it.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault, must, type Settings, type Tenant } from '@tessera/base';
import {
  type BackupManifest,
  backupTenant,
  type Checksum,
  checksumOf,
  createFolderStore,
  createServing,
  type ObjectStore,
  openTenantLake,
  type Progress,
  parseTableName,
  type Release,
  readBackupFile,
  readManifest,
  restoreTenant,
  type Sealing,
  type TenantLake,
} from '@tessera/lakehouse';
import type { Lakes } from './open-lakes.ts';
import { tesseraPolicy } from './tessera-policy.ts';
import { servedTables } from './wire-keys.ts';

export interface BackupPlace {
  readonly settings: Settings;
  readonly lakes: Lakes;
  readonly tenant: Tenant;
  readonly onProgress?: (progress: Progress) => void;
}

const wrappedKey = 'key.json';
/** Files of the home that are the tenant's alone, by their name in a backup. Secrets are sealed where they lie. */
const homeFiles = ({ home }: Pick<Settings, 'home'>, tenant: Tenant): Readonly<Record<string, string>> => ({
  'config.json': path.join(home, 'tenants', `${tenant}.json`),
  'secrets.json': path.join(home, 'secrets', `${tenant}.json`),
});

/** The pipeline may go on meanwhile. Into a place that holds an earlier backup of the tenant only what is new is copied. */
export async function backUp(
  { settings, lakes, tenant, onProgress }: BackupPlace,
  to: ObjectStore,
): Promise<BackupManifest> {
  const lake = lakes.openLake(tenant);
  const release = await lake.releases.latest();
  const files: Record<string, Uint8Array> = {};
  for (const [name, file] of Object.entries(homeFiles(settings, tenant))) {
    const body = await readFile(file).catch(() => undefined);
    if (body !== undefined) files[name] = body;
  }
  const sealing = sealingOf(lakes, tenant);
  // The first thing that is sealed makes the key where there was none.
  await sealing.seal('begin', new Uint8Array());
  const key = await lakes.keys.keyring.wrapped(tenant);
  if (key !== undefined) files[wrappedKey] = new TextEncoder().encode(key);
  return backupTenant({
    ...{ tenant, from: lakes.store, to, sealing, files },
    facts: {
      at: new Date().toISOString(),
      release: release?.number ?? 0,
      policy: tesseraPolicy(settings.policy).id,
      tables: release === undefined ? {} : await checksumsOf(lakes, lake, release),
    },
    ...(onProgress ? { onProgress } : {}),
  });
}

/** Into a home that holds nothing of the tenant. The name stays: keys, tokens and rows carry it. KEY_ERASED where the name was erased here. */
export async function restore(
  { settings, lakes, tenant, onProgress }: BackupPlace,
  from: ObjectStore,
): Promise<BackupManifest> {
  const manifest = await readManifest(from, tenant);
  if (manifest === undefined) throw new Fault('BACKUP_BROKEN', { tenant, problem: 'there is no manifest' });
  const key = await readBackupFile(from, manifest, wrappedKey);
  if (key !== undefined) await lakes.keys.keyring.adopt(tenant, new TextDecoder().decode(key));
  await restoreTenant({
    ...{ tenant, from, to: lakes.store, sealing: sealingOf(lakes, tenant) },
    ...(onProgress ? { onProgress } : {}),
  });
  for (const [name, file] of Object.entries(homeFiles(settings, tenant))) {
    const body = await readBackupFile(from, manifest, name);
    const isThere = (await stat(file).catch(() => undefined)) !== undefined;
    if (body === undefined || isThere) continue;
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, body, { mode: 0o600, flag: 'wx' });
  }
  return manifest;
}

export interface DrilledTable {
  readonly table: string;
  readonly backup: Checksum;
  readonly restored: Checksum;
  /** Rows of the serving copy that was made from it. */
  readonly served: number;
  readonly same: boolean;
}
export interface Drilled {
  readonly manifest: BackupManifest;
  /** False where another policy pack is in force than when the backup was made; the one in force counts. */
  readonly samePolicy: boolean;
  readonly tables: readonly DrilledTable[];
}

/** Restores into a scratch folder, builds the serving copy, and compares every table of the release with the backup's checksums. Nothing of it stays. */
export async function drill({ settings, lakes, tenant, onProgress }: BackupPlace, from: ObjectStore): Promise<Drilled> {
  const folder = path.join(settings.home, 'scratch', `drill-${randomUUID()}`);
  const serving = createServing({
    tables: servedTables,
    maskKeyOf: lakes.keys.maskKeyOf,
    folder: path.join(folder, 'serving'),
    memoryLimit: settings.duckdbMemory,
  });
  try {
    const to = createFolderStore(path.join(folder, 'lake'));
    const manifest = await restoreTenant({
      ...{ tenant, from, to, sealing: sealingOf(lakes, tenant) },
      ...(onProgress ? { onProgress } : {}),
    });
    const lake = openTenantLake(to, lakes.engine, tenant, undefined, lakes.keys.sealingOf(tenant));
    const release = await lake.releases.get(manifest.release);
    const samePolicy = manifest.policy === tesseraPolicy(settings.policy).id;
    if (release === undefined) return { manifest, samePolicy, tables: [] };
    await serving.build(lake, release);
    const restored = await checksumsOf(lakes, lake, release);
    const tables: DrilledTable[] = [];
    for (const [table, backup] of Object.entries(manifest.tables)) {
      const found = restored[table] ?? { rows: 0, sum: '0' };
      const [row] = await serving.query(tenant, `select count(*) as n from ${table}`);
      const served = Number(row?.n);
      const same = found.rows === backup.rows && found.sum === backup.sum && served === backup.rows;
      tables.push({ table, backup, restored: found, served, same });
    }
    return { manifest, samePolicy, tables };
  } finally {
    serving.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const sealingOf = ({ keys: { keyring } }: Lakes, tenant: Tenant): Sealing => ({
  seal: (label, plain) => keyring.seal(tenant, 'backup', label, plain),
  open: (label, sealed) => keyring.open(tenant, 'backup', label, sealed),
});

async function checksumsOf(
  { engine }: Lakes,
  lake: TenantLake,
  { tables }: Release,
): Promise<Readonly<Record<string, Checksum>>> {
  const sums: Record<string, Checksum> = {};
  for (const [name, version] of Object.entries(tables)) {
    if (version < 0) continue;
    const rows = await lake.table('gold', must(parseTableName(name)), { columns: {} }).scan(version);
    sums[name] = await engine.session((session) => checksumOf(session, rows));
  }
  return sums;
}
