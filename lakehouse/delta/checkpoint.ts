// Checkpoints: the whole state of a table at a version as one Parquet file, so that a reader need not replay every commit.
import { rm, writeFile } from 'node:fs/promises';
import { Fault } from '@tessera/base';
import { text } from '../sql-text.ts';
import type { Action } from './actions.ts';
import { applyActions, emptySnapshot, type Snapshot } from './snapshot.ts';
import { checkpointKey, lastCheckpointKey, scratchFile, type TableFiles } from './table-files.ts';

/** A removed file is remembered this long, so that cleaners of other programs do not take it for an orphan too early. */
const rememberedMs = 7 * 86_400_000;

/** In the file's own metadata: Parquet has no checksum, and a damaged checkpoint would be a table of other rows. */
const hashKey = 'tessera.content';
const contentHash = "coalesce(bit_xor(md5_number(to_json(line)::varchar)), 0)::varchar || ' ' || count(*)::varchar";

const columns = {
  txn: 'STRUCT("appId" VARCHAR, "version" BIGINT, "lastUpdated" BIGINT)',
  add: 'STRUCT("path" VARCHAR, "partitionValues" MAP(VARCHAR, VARCHAR), "size" BIGINT, "modificationTime" BIGINT, "dataChange" BOOLEAN, "stats" VARCHAR, "tags" MAP(VARCHAR, VARCHAR))',
  remove: 'STRUCT("path" VARCHAR, "deletionTimestamp" BIGINT, "dataChange" BOOLEAN)',
  metaData:
    'STRUCT("id" VARCHAR, "format" STRUCT("provider" VARCHAR, "options" MAP(VARCHAR, VARCHAR)), "schemaString" VARCHAR, "partitionColumns" VARCHAR[], "configuration" MAP(VARCHAR, VARCHAR), "createdTime" BIGINT)',
  protocol: 'STRUCT("minReaderVersion" INTEGER, "minWriterVersion" INTEGER)',
};

function actionsOf(state: Snapshot, now: Date): readonly Action[] {
  const oldest = now.getTime() - rememberedMs;
  return [
    { protocol: state.protocol ?? null },
    { metaData: state.metadata ?? null },
    ...[...state.txns].map(([appId, version]) => ({ txn: { appId, version } })),
    // What a checkpoint restates is no new change of data.
    ...[...state.files.values()].map((add) => ({ add: { ...add, dataChange: false } })),
    ...[...state.removed]
      .filter(([, at]) => at >= oldest)
      .map(([path, deletionTimestamp]) => ({ remove: { path, deletionTimestamp, dataChange: false } })),
  ];
}

/** Writes the checkpoint of a version and points `_last_checkpoint` at it. */
export async function writeCheckpoint(where: TableFiles, state: Snapshot): Promise<void> {
  const actions = actionsOf(state, where.now());
  const lines = scratchFile(where, '.ndjson');
  const parquet = scratchFile(where, '.checkpoint.parquet');
  const typed = Object.entries(columns).map(([name, type]) => `${text(name)}: ${text(type)}`);
  try {
    await writeFile(lines, actions.map((action) => JSON.stringify(action)).join('\n'));
    const read = `read_json(${text(lines)}, format = 'newline_delimited', columns = {${typed.join(', ')}})`;
    const [held] = await where.engine.query(`select ${contentHash} as hash from ${read} as line`);
    await where.engine.query(
      `copy (from ${read}) to ${text(parquet)}
       (format parquet, compression zstd, kv_metadata {${text(hashKey)}: ${text(String(held?.hash))}})`,
    );
    await where.store.putFile(checkpointKey(where, state.version), parquet);
  } finally {
    await rm(lines, { force: true });
    await rm(parquet, { force: true });
  }
  const pointer = JSON.stringify({ version: state.version, size: actions.length });
  await where.store.put(lastCheckpointKey(where), new TextEncoder().encode(pointer));
}

/** The state that a checkpoint holds; an unreadable one is TABLE_LOG_BROKEN. */
export async function readCheckpoint(where: TableFiles, version: number): Promise<Snapshot> {
  const broken = (cause: unknown) =>
    new Fault('TABLE_LOG_BROKEN', { table: where.table, version, problem: 'its checkpoint cannot be read' }, { cause });
  const path = await where.store.localPath(checkpointKey(where, version));
  const ask = (sql: string) =>
    where.engine.query(sql).catch((error: unknown) => {
      throw broken(error);
    });
  const rows = await ask(`select to_json(line)::varchar as line from read_parquet(${text(path)}) as line`);
  // Checkpoints of other writers do not say what they hold.
  const [told] = await ask(
    `select (select decode(value) from parquet_kv_metadata(${text(path)}) where decode(key) = ${text(hashKey)}) as wanted,
       (select ${contentHash} from read_parquet(${text(path)}) as line) as found`,
  );
  if (told?.wanted != null && told.wanted !== told.found) throw broken(undefined);
  const actions = rows.map((row) => JSON.parse(String(row.line)) as Action);
  return applyActions(where, emptySnapshot, version, actions);
}

/** Version that `_last_checkpoint` names, undefined without one; a bad one is TABLE_LOG_BROKEN, never "start from the beginning". */
export async function lastCheckpoint(where: TableFiles): Promise<number | undefined> {
  const body = await where.store.get(lastCheckpointKey(where));
  if (body === undefined) return undefined;
  try {
    const { version } = JSON.parse(new TextDecoder().decode(body)) as { version?: unknown };
    if (typeof version === 'number' && Number.isSafeInteger(version) && version >= 0) return version;
  } catch {
    // Told below, with the sentence that fits.
  }
  const problem = '_last_checkpoint is not readable';
  throw new Fault('TABLE_LOG_BROKEN', { table: where.table, version: -1, problem });
}
