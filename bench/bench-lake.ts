// A lake of the benchmark's own in a temporary folder on this disk, and how one counts what is in it.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { must, parseTenant, type Tenant } from '@tessera/base';
import {
  createEngine,
  createFolderStore,
  type Engine,
  type ObjectSealing,
  openTenantLake,
  type TenantLake,
} from '@tessera/lakehouse';
import { isSealed, openKeyring } from '@tessera/security';

export const benchTenant: Tenant = must(parseTenant('acme-corp'));

export interface BenchLake {
  readonly folder: string;
  readonly lake: TenantLake;
  readonly engine: Engine;
  close(): void;
}

/** A folder that is removed by `remove`. TMPDIR chooses the disk. */
export function benchFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'tessera-bench-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Sealed as a start seals it, or plain, to see what that costs. A `home` of the caller's stays when it is closed. */
export async function openBenchLake({
  sealed = true,
  home,
}: {
  readonly sealed?: boolean;
  readonly home?: string;
} = {}): Promise<BenchLake> {
  const { folder, remove } = home === undefined ? benchFolder() : { folder: home, remove: () => {} };
  const engine = await createEngine({ scratch: path.join(folder, 'scratch') });
  const keyring = openKeyring({ folder: path.join(folder, 'keys') });
  const sealing: ObjectSealing = {
    on: sealed,
    isSealed,
    seal: (label, plain) => keyring.seal(benchTenant, 'raw-page', label, plain),
    open: (label, bytes) => keyring.open(benchTenant, 'raw-page', label, bytes),
  };
  const lake = openTenantLake(createFolderStore(path.join(folder, 'lake')), engine, benchTenant, undefined, sealing);
  return {
    folder,
    lake,
    engine,
    close() {
      engine.close();
      remove();
    },
  };
}

/** Objects under the folder by layer (raw, bronze, …). */
export function countObjects(lakeFolder: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const entry of readdirSync(lakeFolder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const parts = path.relative(lakeFolder, path.join(entry.parentPath, entry.name)).split(path.sep);
    const layer = parts.find((part) => /^(raw|bronze|silver|gold|releases|quarantine)$/.test(part)) ?? 'other';
    counts[layer] = (counts[layer] ?? 0) + 1;
  }
  return counts;
}
