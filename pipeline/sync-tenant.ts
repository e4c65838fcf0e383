// fetch and stage: brings every source of a tenant to bronze, side by side; one that fails does not stop the others.
import { asFault, type Clock, type Observe, type SourceName } from '@tessera/base';
import { type OpenStream, type SourceConnector, type SourceReport, syncSource, type Web } from '@tessera/ingest';
import type { Engine, TenantLake } from '@tessera/lakehouse';
import { type Connection, ownerOf, resolveSettings, type SecretOf, type TenantConfig } from './tenant-config.ts';

export interface SyncTenantNeeds {
  readonly lake: TenantLake;
  readonly engine: Engine;
  readonly connectors: readonly SourceConnector[];
  readonly web: Web;
  /** Where secrets that are kept in environment variables are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives secrets that were sealed under the tenant's key. */
  readonly secretOf?: SecretOf;
  readonly now: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  readonly observe: Observe;
}

export interface SourceOutcome {
  readonly source: SourceName;
  readonly report: SourceReport;
}

/** Syncs the tenant's connections, or those streams that `chosen` takes. Never throws a source's fault: it is in the outcome. */
export function syncTenant(
  needs: SyncTenantNeeds,
  config: TenantConfig,
  run: string,
  chosen: (source: SourceName, stream: OpenStream) => boolean = () => true,
): Promise<SourceOutcome[]> {
  return Promise.all(
    config.connections.map(async (connection) => ({
      source: connection.source,
      report: await syncConnection(needs, config, connection, run, chosen),
    })),
  );
}

async function syncConnection(
  needs: SyncTenantNeeds,
  config: TenantConfig,
  connection: Connection,
  run: string,
  chosen: (source: SourceName, stream: OpenStream) => boolean,
): Promise<SourceReport> {
  const { source } = connection;
  try {
    const connector = needs.connectors.find((candidate) => candidate.source === source);
    if (!connector) throw new Error(`no connector for ${source}`);
    const sealed = (name: string) => needs.secretOf?.(config.tenant, name);
    const streams = await connector.open(await resolveSettings(connection, needs.env, sealed), needs);
    return await syncSource(
      { ...needs, source, orgId: config.orgId, run, ownerOf: (stream) => ownerOf(config, source, stream) },
      streams.filter((stream) => chosen(source, stream)),
    );
  } catch (error) {
    const fault = asFault(error);
    needs.observe({
      event: 'source.failed',
      tenant: config.tenant,
      source,
      stream: '*',
      code: fault.code,
      message: fault.message,
    });
    return { streams: [], failed: [{ stream: '*', fault }] };
  }
}
