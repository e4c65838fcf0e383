// One turn of a tenant: not where it is paused, under its lease, with a heartbeat as long as it works.
import { Fault } from '@tessera/base';
import type { ControlNote, Lease, LeaseFacts, TenantLake } from '@tessera/lakehouse';
import { keepFreshness, type SourceTurn } from './freshness/keep-freshness.ts';
import { type RunOptions, type RunOutcome, runTenant } from './run-tenant.ts';
import type { RunNeeds } from './stages/contract.ts';
import type { TenantConfig } from './tenant-config.ts';

export type Turn =
  | { readonly state: 'ran'; readonly outcome: RunOutcome }
  | { readonly state: 'paused'; readonly note: ControlNote }
  | { readonly state: 'held'; readonly by: LeaseFacts | undefined };

export interface LeaseSettings {
  /** Who we are, for people. */
  readonly holder: string;
  /** After so long without a heartbeat another worker takes over. */
  readonly ttlMs: number;
}
export const leaseTtlMs = 60_000;

/** Name of the control note that pauses a tenant. */
export const pauseNote = 'pause';

/** Works under the tenant's lease; undefined where another worker has it. */
export async function withLease<T>(
  lake: TenantLake,
  { holder, ttlMs }: LeaseSettings,
  work: (lease: Lease) => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  const lease = await lake.leases.take({ holder, ttlMs });
  if (lease === undefined) return undefined;
  // A heartbeat that is refused needs no handling: the next commit is refused, too.
  const heart = setInterval(() => void lease.beat().catch(() => {}), ttlMs / 3);
  heart.unref();
  try {
    return { value: await work(lease) };
  } finally {
    clearInterval(heart);
    await lease.release();
  }
}

/** Runs the tenant once, if it may be run and nobody else runs it. Throws as runTenant does. */
export async function runTurn(
  needs: RunNeeds,
  config: TenantConfig,
  lease: LeaseSettings,
  options: RunOptions = {},
): Promise<Turn> {
  const note = await needs.lake.control.get(pauseNote);
  if (note !== undefined) return { state: 'paused', note };
  const done = await withLease(needs.lake, lease, () => runSeen(needs, config, options));
  if (done === undefined) return { state: 'held', by: await needs.lake.leases.newest() };
  return { state: 'ran', outcome: done.value };
}

export interface PauseOptions {
  /** Also where the tenant is paused: somebody decided so. */
  readonly anyway?: boolean | undefined;
}

/** For what a person starts: TENANT_PAUSED where the scheduler would pass the tenant by. */
export async function refusePaused(
  lake: Pick<TenantLake, 'tenant' | 'control'>,
  { anyway = false }: PauseOptions,
): Promise<void> {
  const note = anyway ? undefined : await lake.control.get(pauseNote);
  if (note !== undefined) throw new Fault('TENANT_PAUSED', { tenant: lake.tenant, by: note.by, at: note.at });
}

/** A run, and what it means for the tenant's freshness. The lease is the caller's business. */
export async function runSeen(needs: RunNeeds, config: TenantConfig, options: RunOptions = {}): Promise<RunOutcome> {
  const { lake, now, observe } = needs;
  const began = now();
  const keep = (isServed: boolean, sources: readonly SourceTurn[]) =>
    // Without it sources look older than they are until the next turn; that is no reason to fail this one.
    keepFreshness(lake, config, { began, ended: now(), isServed, sources }, observe).catch(() => {});
  try {
    const outcome = await runTenant(needs, config, options);
    // A run of some streams says nothing about the others of their source.
    await keep(true, options.streams === undefined ? outcome.sources.map(turnOf) : []);
    return outcome;
  } catch (error) {
    await keep(false, []);
    throw error;
  }
}

function turnOf({ source, report: { failed, streams } }: RunOutcome['sources'][number]): SourceTurn {
  const [first] = failed;
  if (first !== undefined) return { source, end: 'failed', code: first.fault.code };
  return { source, end: streams.every(({ complete }) => complete) ? 'complete' : 'partial' };
}

/** The fault of somebody who cannot wait for a lease. */
export const heldFault = (lake: TenantLake, by: LeaseFacts | undefined): Fault =>
  new Fault('LEASE_HELD', {
    tenant: lake.tenant,
    holder: by?.holder ?? 'another program',
    since: by?.takenAt ?? 'a moment ago',
  });
