// Which streams a vendor sends by itself, and whether anything of them waits.
import type { SourceName } from '@tessera/base';
import type { SourceConnector, StreamFacts } from '@tessera/ingest';
import type { TenantLake } from '@tessera/lakehouse';
import type { TenantConfig } from './tenant-config.ts';

/** Streams of the source that may arrive instead of being fetched. */
export const hookedStreams = (connectors: readonly SourceConnector[], source: SourceName): readonly StreamFacts[] =>
  connectors.find((connector) => connector.source === source)?.streams.filter(({ hook }) => hook !== undefined) ?? [];

/** Sources of the tenant of which something has arrived and is not in bronze. */
export async function arrivedSources(
  lake: TenantLake,
  { connections }: TenantConfig,
  connectors: readonly SourceConnector[],
): Promise<readonly SourceName[]> {
  const found: SourceName[] = [];
  for (const { source } of connections) {
    for (const { name } of hookedStreams(connectors, source)) {
      const [first] = await lake.inbox.list(source, name, 1);
      if (first !== undefined && !found.includes(source)) found.push(source);
    }
  }
  return found;
}
