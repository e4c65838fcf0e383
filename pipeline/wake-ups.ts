// Wake-ups of sources: kept in the tenant's inbox when a webhook says that something happened, gone once the source was asked to the end after that.
import type { SourceName } from '@tessera/base';
import type { SourceConnector } from '@tessera/ingest';
import type { TenantLake } from '@tessera/lakehouse';
import { z } from 'zod';
import type { RunOptions, RunOutcome } from './run-tenant.ts';
import type { TenantConfig } from './tenant-config.ts';

/** Beside the streams of a source, none of which has this name. */
const place = 'wake-up';
/** In one turn; what is left is answered by the next, since asking once answers them all. */
const most = 1000;

const note = z.object({ whole: z.boolean(), delivery: z.string() });

/** Durable when it resolves. `delivery` is the sender's name of it, or a digest: the same one again is the same wake-up. */
export async function keepWakeUp(
  lake: TenantLake,
  source: SourceName,
  { whole, delivery, receivedAt }: { readonly whole: boolean; readonly delivery: string; readonly receivedAt: Date },
): Promise<void> {
  const body = new TextEncoder().encode(JSON.stringify({ whole, delivery }));
  await lake.inbox.put(source, place, { receivedAt, records: 0, body });
}

export interface WakeUps {
  readonly sources: readonly SourceName[];
  /** Where none needs a whole source, the streams to ask. */
  readonly only: Pick<RunOptions, 'streams'>;
  readonly waiting: readonly { readonly source: SourceName; readonly id: string }[];
}
const nobody: WakeUps = { sources: [], only: {}, waiting: [] };

/** Whom the tenant's wake-ups want to be asked; nobody where the inbox cannot be read. */
export async function waitingWakeUps(
  lake: TenantLake,
  { connections }: Pick<TenantConfig, 'connections'>,
  connectors: readonly SourceConnector[],
): Promise<WakeUps> {
  const found: { readonly source: SourceName; readonly id: string; readonly whole: boolean }[] = [];
  const streams: string[] = [];
  for (const { source } of connections) {
    const woken = connectors.find((connector) => connector.source === source)?.woken;
    if (woken === undefined) continue;
    const listed = await lake.inbox.list(source, place, most).catch(() => undefined);
    if (listed === undefined) return nobody;
    for (const { id, body } of listed) {
      const read = note.safeParse(JSON.parse(new TextDecoder().decode(body)));
      found.push({ source, id, whole: read.data?.whole ?? true });
    }
    if (listed.length > 0) streams.push(...woken);
  }
  return {
    sources: [...new Set(found.map(({ source }) => source))],
    only: found.some(({ whole }) => whole) ? {} : { streams },
    waiting: found,
  };
}

/** Forgets wake-ups of sources that the run asked to the end. Those that came while it ran are not among them: they are asked for again. */
export async function answerWakeUps(lake: TenantLake, { waiting }: WakeUps, outcome: RunOutcome): Promise<void> {
  const answered = new Set(
    outcome.sources.flatMap(({ source, report: { failed, streams } }) =>
      failed.length === 0 && streams.every(({ complete }) => complete) ? [source] : [],
    ),
  );
  for (const { source, id } of waiting) if (answered.has(source)) await lake.inbox.remove(source, place, id);
}
