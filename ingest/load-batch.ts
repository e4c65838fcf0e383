// Loads a batch of raw pages into temp tables of the session: batch_pages (where each came from) and batch_rows (every record, typed, with its problem).
import type { EngineSession, RawPageEntry, TenantLake } from '@tessera/lakehouse';
import { type BatchFacts, renderRows } from './batch-sql.ts';
import type { StreamFacts } from './define-connector.ts';
import { halfMarker, rewriteHalves } from './half-characters.ts';
import { haveArrived, pageReference, readNote } from './page-note.ts';
import { findUnreadable, renderRecords } from './page-sql.ts';
import { sqlText } from './record-sql.ts';

export interface LoadedBatch {
  /** References of files that cannot be read, which the batch goes on without. */
  readonly unreadable: readonly string[];
  /** Stands in the place of each half of a character, where pages held any; such records have a problem. */
  readonly marker?: string;
}

/** Makes batch_pages and batch_rows. */
export async function loadBatch(
  session: EngineSession,
  stream: StreamFacts,
  batch: readonly RawPageEntry[],
  { lake, facts }: { lake: TenantLake; facts: BatchFacts },
): Promise<LoadedBatch> {
  // A delivery wraps its records in an envelope of its own.
  const shaped = stream.hook && haveArrived(batch) ? { ...stream, records: stream.hook.records } : stream;
  return lake.raw.localPaths(batch, (paths) => loadPages(session, shaped, batch, paths, { lake, facts }));
}

async function loadPages(
  session: EngineSession,
  stream: StreamFacts,
  batch: readonly RawPageEntry[],
  paths: readonly string[],
  { lake, facts }: { lake: TenantLake; facts: BatchFacts },
): Promise<LoadedBatch> {
  const largest = Math.max(...batch.map((entry) => readNote(entry).bytes));
  const pages = batch.map((entry, i) => {
    const { parent } = readNote(entry);
    const values = [paths[i] ?? '', pageReference(entry), entry.receivedAt.toISOString()].map(sqlText);
    return `(${values.join(', ')}, ${parent === undefined ? 'null' : sqlText(parent)})`;
  });
  await session.run(`create temp table batch_pages as
    select path, reference, cast(received_at as TIMESTAMPTZ) as received_at, cast(parent as VARCHAR) as parent
    from (values ${pages.join(', ')}) as v(path, reference, received_at, parent)`);
  const load = (from: readonly string[], marker?: string, size = largest) => {
    const records = from.length === 0 ? emptyRecords(stream) : renderRecords(stream, from, size);
    const rows = renderRows(stream, records, { ...facts, marker });
    return asWritten(session, () => session.run(`create temp table batch_rows as ${rows}`));
  };
  try {
    await load(paths);
    return { unreadable: [] };
  } catch (error) {
    const bad = new Set(await findUnreadable(session, stream, paths, largest));
    // Not the pages' fault: what failed is ours to know.
    if (bad.size === 0) throw error;
    const good = paths.filter((path) => !bad.has(path));
    const badPages = batch.filter((_, i) => bad.has(paths[i] ?? ''));
    const marker = halfMarker(badPages.map(({ sha256 }) => sha256));
    let size = largest;
    const rewrite = (body: Uint8Array) => {
      const made = rewriteHalves(body, marker);
      size = Math.max(size, made?.byteLength ?? 0);
      return made;
    };
    return lake.raw.rewritten(badPages, rewrite, async (made) => {
      const marked = made.filter((path) => path !== undefined);
      const stillBad = new Set(await findUnreadable(session, stream, marked, size));
      const isMarked = (path: string | undefined) => path !== undefined && !stillBad.has(path);
      for (const [i, entry] of badPages.entries())
        if (isMarked(made[i]))
          await session.run(
            `update batch_pages set path = ${sqlText(made[i] ?? '')} where reference = ${sqlText(pageReference(entry))}`,
          );
      await load([...good, ...marked.filter(isMarked)], marker, size);
      return { unreadable: badPages.filter((_, i) => !isMarked(made[i])).map(pageReference), marker };
    });
  }
}

/** There is nothing to reorder in a projection of a hundred expressions, and looking for it costs more than reading a page (measured: 50 ms of CPU against 15). */
async function asWritten(session: EngineSession, work: () => Promise<void>): Promise<void> {
  await session.run('pragma disable_optimizer');
  try {
    await work();
  } finally {
    await session.run('pragma enable_optimizer');
  }
}

const emptyRecords = (stream: StreamFacts) =>
  `select null::VARCHAR as record, null::VARCHAR as filename${Object.keys(stream.nested?.carry ?? {})
    .map((name) => `, null::VARCHAR as "carried_${name}"`)
    .join('')} where false`;
