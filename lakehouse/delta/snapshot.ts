// The state of a table at a version: what its commits add up to.
import { Fault } from '@tessera/base';
import type { Action, AddFile, Metadata, Protocol } from './actions.ts';
import { type Columns, loggedColumns } from './schema.ts';
import { dataKey, type TableFiles } from './table-files.ts';

export interface Snapshot {
  /** -1 before the first commit. */
  readonly version: number;
  readonly metadata: Metadata | undefined;
  readonly protocol: Protocol | undefined;
  readonly files: ReadonlyMap<string, AddFile>;
  /** Removed files and when, for cleaners; those removed long ago are forgotten at a checkpoint. */
  readonly removed: ReadonlyMap<string, number>;
  readonly txns: ReadonlyMap<string, number>;
}

/** Set once files of different columns lie in one table. */
export const evolvedFlag = 'tessera.evolved';

export const isEvolved = (state: Snapshot): boolean => state.metadata?.configuration[evolvedFlag] === 'true';

const columnsKnown = new WeakMap<Metadata, Columns>();

/** Columns of the table's rows; the log's text is read once for as long as it stays. */
export function columnsOf({ metadata }: Pick<Snapshot, 'metadata'>): Columns {
  if (metadata === undefined) return new Map();
  const columns = columnsKnown.get(metadata) ?? loggedColumns(metadata.schemaString, metadata.partitionColumns);
  columnsKnown.set(metadata, columns);
  return columns;
}

export const emptySnapshot: Snapshot = {
  version: -1,
  metadata: undefined,
  protocol: undefined,
  files: new Map(),
  removed: new Map(),
  txns: new Map(),
};

/** The snapshot after `actions`. Refuses a protocol that is too new (TABLE_PROTOCOL) and paths that leave the table (TABLE_PATH_REFUSED). */
export function applyActions(
  where: TableFiles,
  before: Snapshot,
  version: number,
  actions: readonly Action[],
): Snapshot {
  const files = new Map(before.files);
  const removed = new Map(before.removed);
  const txns = new Map(before.txns);
  let { metadata, protocol } = before;
  for (const action of actions) {
    if (action.add) {
      dataKey(where, action.add.path);
      files.set(action.add.path, action.add);
      removed.delete(action.add.path);
    }
    if (action.remove) {
      files.delete(action.remove.path);
      removed.set(action.remove.path, action.remove.deletionTimestamp ?? 0);
    }
    if (action.txn) txns.set(action.txn.appId, action.txn.version);
    if (action.metaData) metadata = action.metaData;
    if (action.protocol) protocol = action.protocol;
  }
  if (protocol !== undefined && (protocol.minReaderVersion > 1 || protocol.minWriterVersion > 2)) {
    const { minReaderVersion: reader, minWriterVersion: writer } = protocol;
    throw new Fault('TABLE_PROTOCOL', { table: where.table, reader, writer });
  }
  if (protocol === undefined || metadata === undefined) {
    const problem = 'it has no protocol or no metaData';
    throw new Fault('TABLE_LOG_BROKEN', { table: where.table, version, problem });
  }
  return { version, metadata, protocol, files, removed, txns };
}
