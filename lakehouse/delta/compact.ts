// Compaction: joins the small files of a partition into one, row for row. It changes no data, and says so in the log.
import type { EngineSession } from '../contract.ts';
import type { AddFile } from './actions.ts';
import type { Plan } from './commit.ts';
import { discardFiles, readFiles, writeDataFile } from './data-file.ts';
import { rowsIn } from './file-stats.ts';
import { declaredNotNull, loggedPartitioning, selectFiles } from './schema.ts';
import { columnsOf, type Snapshot } from './snapshot.ts';
import type { TableFiles } from './table-files.ts';

export interface CompactOptions {
  /** A partition is compacted from this many small files on. */
  readonly minFiles?: number;
  /** Files of at least this many bytes are left alone. */
  readonly smallBytes?: number;
  /** Most bytes that go into one new file. */
  readonly targetBytes?: number;
  readonly run?: string;
}

export const compactDefaults = { minFiles: 16, smallBytes: 4_000_000, targetBytes: 32_000_000 } as const;

/** The files that one commit joins: the oldest small ones of the partition that has most of them. Empty where none is crowded. */
export function filesToJoin(state: Snapshot, options: CompactOptions): readonly AddFile[] {
  const { minFiles, smallBytes, targetBytes } = { ...compactDefaults, ...options };
  const field = state.metadata?.partitionColumns[0];
  const small = [...state.files.values()].filter((file) => file.size < smallBytes);
  const groups = Map.groupBy(small, (file) => (field === undefined ? '' : JSON.stringify(file.partitionValues[field])));
  const [most = []] = [...groups.values()].sort((a, b) => b.length - a.length);
  if (most.length < minFiles) return [];
  let bytes = 0;
  return most.filter((file) => {
    bytes += file.size;
    return bytes <= targetBytes;
  });
}

/** One output a commit, so that a later reader can tell for each joined file whether its rows are still there (see scanAddedSince). */
export async function planCompaction(
  where: TableFiles,
  session: EngineSession,
  state: Snapshot,
  options: CompactOptions,
): Promise<Plan> {
  const columns = columnsOf(state);
  const plan = { operation: 'OPTIMIZE', mode: 'Append', columns, blind: false, dataChange: false, rows: 0 } as const;
  const joined = filesToJoin(state, options);
  const [first] = joined;
  const metadata = state.metadata;
  if (first === undefined || metadata === undefined) return { ...plan, adds: [], removes: [] };
  const partition = loggedPartitioning(metadata);
  const rows = selectFiles(await readFiles(where, state, joined), columns, columns);
  const shape = { columns, notNull: declaredNotNull(metadata.schemaString), partition };
  const value = partition === undefined ? undefined : (first.partitionValues[partition.field] ?? null);
  const add = await writeDataFile(where, session, rows, shape, value);
  if (add === undefined) return { ...plan, adds: [], removes: [] };
  // The log says how many rows each file has: what came out must be what went in.
  const [wanted, written] = [rowsIn(joined), rowsIn([add])];
  if (Number.isFinite(wanted) && wanted !== written) {
    await discardFiles(where, [add]);
    throw new Error(`compaction of ${where.table} read ${written} rows of ${wanted}`);
  }
  return { ...plan, adds: [{ ...add, dataChange: false }], removes: joined.map(({ path }) => path) };
}
