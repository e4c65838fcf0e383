// Erasure of a tenant: no run of it is under way, no new one begins, and a search afterwards shows that nothing is left.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Settings, systemClock, type Tenant } from '@tessera/base';
import { parseStorePlace } from '@tessera/lakehouse';
import { heldFault, pauseNote, withLease } from '@tessera/pipeline';
import { openAccounts } from '@tessera/sql-api';
import { eraseKey } from './erase-key.ts';
import type { Lakes } from './open-lakes.ts';
import { cliLease } from './open-pipeline.ts';
import { accountsFile } from './wire-sql.ts';

export interface ErasureProof {
  /** Objects of the lake that were deleted, and found afterwards (0). */
  readonly objects: number;
  readonly bytes: number;
  readonly left: number;
  /** Service accounts of the SQL API that were removed. */
  readonly accounts: number;
  /** Paths of the home that still name the tenant; the mark of its dead key and the audit trail are meant to stay. */
  readonly paths: readonly string[];
}

export interface EraseOptions {
  /** How often a run that is under way is waited for, and how long between. */
  readonly tries?: number;
  readonly waitMs?: number;
}

/**
 * The tenant is paused and its lease taken first, so that no run writes after the deletion: LEASE_HELD where one does not end.
 * Then its key, and with it everything sealed wherever copies of it lie, its secrets, serving copies, lake, configuration and accounts. Broken off, it is begun again.
 */
export async function eraseWholeTenant(
  settings: Settings,
  lakes: Lakes,
  tenant: Tenant,
  { tries = 120, waitMs = 1000 }: EraseOptions = {},
): Promise<ErasureProof> {
  const lake = lakes.openLake(tenant);
  await lake.control.put(pauseNote, {
    at: systemClock().toISOString(),
    by: cliLease.holder,
    why: 'it is being erased',
  });
  for (let i = 1; ; i += 1) {
    const done = await withLease(lake, cliLease, () => eraseAll(settings, lakes, tenant));
    if (done !== undefined) return done.value;
    if (i >= tries) throw heldFault(lake, await lake.leases.newest());
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

async function eraseAll(settings: Settings, lakes: Lakes, tenant: Tenant): Promise<ErasureProof> {
  const { home } = settings;
  const erased = await eraseKey(settings, lakes.keys, lakes.store, tenant);
  const place = parseStorePlace(settings.lake ?? path.join(home, 'lake'));
  // A folder store leaves its empty folders, whose names tell of tables.
  if (erased.left === 0 && 'folder' in place)
    await rm(path.join(place.folder, `tenant-${tenant}`), { recursive: true, force: true });
  await rm(path.join(home, 'tenants', `${tenant}.json`), { force: true });
  const accounts = openAccounts(accountsFile(settings), systemClock);
  const its = (await accounts.list()).filter((account) => account.tenant === tenant);
  for (const { user } of its) await accounts.remove(tenant, user);
  return { ...erased, accounts: its.length, paths: await pathsNaming(home, tenant) };
}

/** The trail, the mark of the dead key, and the demo's stand-ins of vendors, which are the world outside. */
const isMeantToStay = (found: string): boolean => /^(audit|keys|demo)(\/|$)/.test(found);

async function pathsNaming(home: string, tenant: Tenant): Promise<string[]> {
  const names = await readdir(home, { recursive: true });
  const itsOwn = new RegExp(`(^|/)(tenant-)?${tenant}(\\.json)?(/|$)`);
  return names.filter((name) => itsOwn.test(name) && !isMeantToStay(name)).sort();
}
