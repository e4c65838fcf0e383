// Where a tenant's bronze stands: the version of each table, and each source's newest event and receipt.
import { bronzeTable, readBronzeState } from '@tessera/ingest';
import type { SyncTenantNeeds } from './sync-tenant.ts';
import type { TenantConfig } from './tenant-config.ts';

export interface Bronze {
  readonly versions: Readonly<Record<string, number>>;
  readonly newest: Readonly<Record<string, { readonly occurredAt: string | null; readonly ingestAt: string | null }>>;
}

const later = (a: string | undefined, b: string | null) => (a !== undefined && (b === null || a > b) ? a : b);

export async function readBronze(
  { lake, connectors }: Pick<SyncTenantNeeds, 'lake' | 'connectors'>,
  config: TenantConfig,
): Promise<Bronze> {
  const versions: Record<string, number> = {};
  const newest: Record<string, { occurredAt: string | null; ingestAt: string | null }> = {};
  for (const { source } of config.connections) {
    const streams = connectors.find((connector) => connector.source === source)?.streams ?? [];
    for (const stream of streams) {
      const table = bronzeTable(lake, source, stream);
      const state = await readBronzeState(table);
      if (state.version >= 0) versions[table.name] = state.version;
      const so = newest[source] ?? { occurredAt: null, ingestAt: null };
      newest[source] = {
        occurredAt: later(state.newestOccurredAt, so.occurredAt),
        ingestAt: later(state.newestIngestAt, so.ingestAt),
      };
    }
  }
  return { versions, newest };
}
