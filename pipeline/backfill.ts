// Reads a span of time of a stream again, beside the live run: fetched without the tenant's lease, staged under it group by group, so that live turns come between.
import { Fault, type SourceName } from '@tessera/base';
import { backfillWindow, stagePages } from '@tessera/ingest';
import { driftOf } from './quarantine/drift.ts';
import { runName } from './run-name.ts';
import { heldFault, type LeaseSettings, type PauseOptions, refusePaused, withLease } from './run-turn.ts';
import type { SyncTenantNeeds } from './sync-tenant.ts';
import { ownerOf, resolveSettings, type TenantConfig } from './tenant-config.ts';

export interface BackfillRequest {
  readonly source: SourceName;
  readonly stream: string;
  readonly from: Date;
  readonly to: Date;
}
export interface BackfillReport {
  readonly run: string;
  readonly pages: number;
  readonly records: number;
  /** Rows that bronze did not have. */
  readonly rows: number;
  readonly quarantined: number;
}
export interface BackfillOptions extends PauseOptions {
  readonly groupPages?: number;
  readonly told?: (report: BackfillReport) => void;
  /** How often a held lease is asked for, and how long to wait between. */
  readonly leaseTries?: number;
  readonly leaseWaitMs?: number;
}

/**
 * The live cursor stays where it is, and the same span again adds no row. New rows reach silver and gold with the tenant's next run.
 * WINDOW_INVALID, BACKFILL_UNSUPPORTED, TENANT_NOT_CONFIGURED's kin of the connection, TENANT_PAUSED, and LEASE_HELD where another program keeps the tenant for long.
 */
export async function backfill(
  needs: SyncTenantNeeds,
  config: TenantConfig,
  { source, stream: name, from, to }: BackfillRequest,
  lease: LeaseSettings,
  { groupPages = 50, told = () => {}, leaseTries = 120, leaseWaitMs = 1000, anyway = false }: BackfillOptions = {},
): Promise<BackfillReport> {
  if (!(from < to)) throw new Fault('WINDOW_INVALID', { problem: 'it must begin before it ends' });
  if (to > needs.now()) throw new Fault('WINDOW_INVALID', { problem: 'it ends in the future' });
  await refusePaused(needs.lake, { anyway });
  const connection = config.connections.find((candidate) => candidate.source === source);
  const connector = needs.connectors.find((candidate) => candidate.source === source);
  const unsupported = new Fault('BACKFILL_UNSUPPORTED', { source, stream: name });
  if (!connection || !connector) throw unsupported;
  const sealed = (secret: string) => needs.secretOf?.(config.tenant, secret);
  const streams = await connector.open(await resolveSettings(connection, needs.env, sealed), needs);
  const stream = streams.find((candidate) => candidate.name === name);
  if (stream === undefined) throw unsupported;

  const run = `${runName(needs.now())}-backfill`;
  const its = {
    ...{ ...needs, source, orgId: config.orgId, owner: ownerOf(config, source, stream), run },
    drift: driftOf(needs, source, name, run),
  };
  const report = { run, pages: 0, records: 0, rows: 0, quarantined: 0 };
  for await (const group of backfillWindow(its, stream, { from, to }, groupPages)) {
    const stageGroup = () => withLease(needs.lake, lease, () => stagePages(its, stream, group));
    let staged = await stageGroup();
    for (let tries = 1; staged === undefined; tries += 1) {
      if (tries >= leaseTries) throw heldFault(needs.lake, await needs.lake.leases.newest());
      await needs.sleep(leaseWaitMs);
      staged = await stageGroup();
    }
    report.pages += group.length;
    report.rows += staged.value.rows;
    report.quarantined += staged.value.quarantined;
    report.records += staged.value.records;
    told(report);
  }
  return report;
}
