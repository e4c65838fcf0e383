// Loads a batch of raw pages into temp tables of the session: batch_pages (where each came from) and batch_rows (every record, typed, with its problem).
import type { EngineSession, RawPageEntry, TenantLake } from '@tessera/lakehouse';
import { type BatchFacts, renderRows } from './batch-sql.ts';
import type { StreamFacts } from './define-connector.ts';
import { haveArrived, pageReference, readNote } from './page-note.ts';
import { findUnreadable, renderRecords } from './page-sql.ts';
import { sqlText } from './record-sql.ts';

/** Makes batch_pages and batch_rows; returns the references of files that cannot be read, which the batch goes on without. */
export async function loadBatch(
  session: EngineSession,
  stream: StreamFacts,
  batch: readonly RawPageEntry[],
  { lake, facts }: { lake: TenantLake; facts: BatchFacts },
): Promise<readonly string[]> {
  // A delivery wraps its records in an envelope of its own.
  const shaped = stream.hook && haveArrived(batch) ? { ...stream, records: stream.hook.records } : stream;
  return lake.raw.localPaths(batch, (paths) => loadPages(session, shaped, batch, paths, facts));
}

async function loadPages(
  session: EngineSession,
  stream: StreamFacts,
  batch: readonly RawPageEntry[],
  paths: readonly string[],
  facts: BatchFacts,
): Promise<readonly string[]> {
  const largest = Math.max(...batch.map((entry) => readNote(entry).bytes));
  const pages = batch.map((entry, i) => {
    const { parent } = readNote(entry);
    const values = [paths[i] ?? '', pageReference(entry), entry.receivedAt.toISOString()].map(sqlText);
    return `(${values.join(', ')}, ${parent === undefined ? 'null' : sqlText(parent)})`;
  });
  await session.run(`create temp table batch_pages as
    select path, reference, cast(received_at as TIMESTAMPTZ) as received_at, cast(parent as VARCHAR) as parent
    from (values ${pages.join(', ')}) as v(path, reference, received_at, parent)`);
  const load = (from: readonly string[]) =>
    session.run(`create temp table batch_rows as ${renderRows(stream, renderRecords(stream, from, largest), facts)}`);
  try {
    await load(paths);
    return [];
  } catch (error) {
    const bad = new Set(await findUnreadable(session, stream, paths, largest));
    // Not the pages' fault: what failed is ours to know.
    if (bad.size === 0) throw error;
    const good = paths.filter((path) => !bad.has(path));
    if (good.length === 0)
      await session.run(
        `create temp table batch_rows as select * from (${renderRows(stream, emptyRecords(stream), facts)})`,
      );
    else await load(good);
    return batch.filter((_, i) => bad.has(paths[i] ?? '')).map(pageReference);
  }
}

const emptyRecords = (stream: StreamFacts) =>
  `select null::VARCHAR as record, null::VARCHAR as filename${Object.keys(stream.nested?.carry ?? {})
    .map((name) => `, null::VARCHAR as "carried_${name}"`)
    .join('')} where false`;
