// All streams of one source, in the connector's order; a stream that fails does not stop the others.
import { asFault, type Fault } from '@tessera/base';
import type { OpenStream, StreamFacts } from './define-connector.ts';
import { type StreamReport, type SyncNeeds, syncStream } from './sync-stream.ts';

export interface SourceReport {
  readonly streams: readonly StreamReport[];
  readonly failed: readonly { readonly stream: string; readonly fault: Fault }[];
}

export interface SourceNeeds extends Omit<SyncNeeds, 'owner'> {
  /** Whose records a stream's are, as the connection says it, where the stream's records say it too. */
  readonly ownerOf: (stream: StreamFacts) => string | undefined;
}

/** Never throws a stream's fault: it is in the report and in a source.failed event. */
export async function syncSource(needs: SourceNeeds, streams: readonly OpenStream[]): Promise<SourceReport> {
  const reports: StreamReport[] = [];
  const failed: { stream: string; fault: Fault }[] = [];
  for (const stream of streams) {
    try {
      reports.push(await syncStream({ ...needs, owner: needs.ownerOf(stream) }, stream, streams));
    } catch (error) {
      const fault = asFault(error);
      failed.push({ stream: stream.name, fault });
      const { code, message } = fault;
      needs.observe({
        event: 'source.failed',
        tenant: needs.lake.tenant,
        source: needs.source,
        stream: stream.name,
        code,
        message,
      });
    }
  }
  return { streams: reports, failed };
}
