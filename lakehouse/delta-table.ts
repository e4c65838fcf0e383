// A Delta table of one tenant: the contract's DeltaTable over the parts in delta/.
import type {
  CommitOptions,
  CommitResult,
  DeltaTable,
  EngineSession,
  Rows,
  TableName,
  TableOptions,
} from './contract.ts';
import type { AddFile } from './delta/actions.ts';
import { addedFiles } from './delta/added-files.ts';
import { writeCheckpoint } from './delta/checkpoint.ts';
import { commitPlan, type Plan, propertiesOf } from './delta/commit.ts';
import { type CompactOptions, planCompaction } from './delta/compact.ts';
import { readFiles, writeDataFile } from './delta/data-file.ts';
import { fileChanges } from './delta/file-changes.ts';
import { mayHold, rowsIn } from './delta/file-stats.ts';
import { readHistory } from './delta/history.ts';
import { loadSnapshot, refresh } from './delta/log.ts';
import { planMerge } from './delta/merge.ts';
import { planOverwrite, planReplace } from './delta/overwrite.ts';
import {
  declaredColumns,
  declaredNotNull,
  loggedPartitioning,
  partitioning,
  selectFiles,
  sourceColumns,
  unionColumns,
} from './delta/schema.ts';
import { columnsOf, type Snapshot } from './delta/snapshot.ts';
import { checkKeys, shapedSource, withTemp } from './delta/staging.ts';
import type { TableFiles } from './delta/table-files.ts';
import { vacuumTable } from './delta/vacuum.ts';
import { type Write, writeByPartition } from './delta/write.ts';
import { checkWriteRules } from './delta/write-rules.ts';

/** What all handles of one table in this process share: the newest state seen, and the turn to write. */
export interface TableState {
  newest: Snapshot | undefined;
  turn: Promise<unknown>;
}
export const newTableState = (): TableState => ({ newest: undefined, turn: Promise.resolve() });

/** Opens a table; nothing is read or written until a method is called. Without declared columns the logged ones are taken. */
export function openDeltaTable(
  where: TableFiles,
  name: TableName,
  options: TableOptions,
  shared: TableState = newTableState(),
): DeltaTable {
  const declared = declaredColumns(options);

  async function newest(): Promise<Snapshot> {
    const state = shared.newest === undefined ? await loadSnapshot(where) : await refresh(where, shared.newest);
    if (state.version >= (shared.newest?.version ?? -1)) remember(state);
    return state;
  }
  function remember(state: Snapshot): void {
    // An empty state is not kept: only a full listing tells an absent table from one with a hole at its start.
    if (state.version >= 0 && state.version >= (shared.newest?.version ?? -1)) shared.newest = state;
  }
  async function at(version: number | undefined): Promise<Snapshot> {
    if (version === undefined) return newest();
    if (shared.newest?.version === version) return shared.newest;
    return loadSnapshot(where, version);
  }

  /** Writers of one process take turns: racing through the log would only cost work done twice. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = shared.turn.then(work, work);
    shared.turn = mine.catch(() => {});
    return mine;
  }

  /** The write's columns: declared, else the source's, together with those that the table has. */
  async function writing(session: EngineSession, source: Rows, asDeclared = false): Promise<Write> {
    const wanted = declared.size > 0 ? declared : await sourceColumns(session, source);
    const columns = asDeclared ? wanted : unionColumns(where.table, columnsOf(await newest()), wanted);
    const partition = partitioning(columns, options.partitionBy);
    return { where, session, columns, notNull: options.notNull ?? [], partition };
  }

  const commit = (write: Write, makePlan: (state: Snapshot) => Promise<Plan>, how: CommitOptions | undefined) =>
    commitPlan(where, newest, remember, write, makePlan, how);

  async function append(session: EngineSession, source: Rows, how?: CommitOptions): Promise<CommitResult> {
    const write = await writing(session, source);
    const rows = await shapedSource(where.table, session, source, write.columns);
    const plan = async (state: Snapshot): Promise<Plan> => {
      checkWriteRules(where, state, false);
      const adds =
        write.partition === undefined
          ? await writeDataFile(where, session, rows, write).then((add) => (add === undefined ? [] : [add]))
          : await withTemp(session, rows, (staged) => writeByPartition(write, staged));
      const count = rowsIn(adds);
      return {
        operation: 'WRITE',
        mode: 'Append',
        columns: write.columns,
        adds,
        removes: [],
        rows: count,
        blind: true,
      };
    };
    return commit(write, plan, how);
  }

  async function staged(
    session: EngineSession,
    source: Rows,
    how: CommitOptions | undefined,
    plan: (write: Write, state: Snapshot, temp: string) => Promise<Plan>,
    { check, asDeclared }: { check?: (temp: string) => Promise<void>; asDeclared?: boolean } = {},
  ): Promise<CommitResult> {
    const write = await writing(session, source, asDeclared);
    const rows = await shapedSource(where.table, session, source, write.columns);
    return withTemp(session, rows, async (temp) => {
      await check?.(temp);
      const allowed = (state: Snapshot) => {
        checkWriteRules(where, state, true);
        return plan(write, state, temp);
      };
      return commit(write, allowed, how);
    });
  }

  /** One partition a commit, as long as one is crowded and the commits get anywhere. */
  async function compact(session: EngineSession, how: CompactOptions = {}): Promise<number> {
    for (let joined = 0; ; ) {
      const state = await newest();
      if (state.metadata === undefined) return joined;
      const shape = {
        notNull: declaredNotNull(state.metadata.schemaString),
        partition: loggedPartitioning(state.metadata),
      };
      const before = state.files.size;
      const done = await commitPlan(
        where,
        newest,
        remember,
        shape,
        (now) => planCompaction(where, session, now, how),
        how.run === undefined ? {} : { run: how.run },
      );
      const gained = before - (await newest()).files.size;
      if (done.skipped || gained <= 0) return joined;
      joined += gained;
    }
  }

  return {
    name,
    version: async () => (await newest()).version,
    async state() {
      const now = await newest();
      return { version: now.version, properties: propertiesOf(now) };
    },
    append: (session, source, how) => inTurn(() => append(session, source, how)),
    merge: (session, source, key, how) =>
      inTurn(() =>
        staged(session, source, how, (write, state, temp) => planMerge(write, state, temp, key), {
          check: (temp) => checkKeys(where.table, session, temp, key),
        }),
      ),
    overwrite: (session, source, how) =>
      inTurn(() =>
        how && 'asDeclared' in how
          ? staged(session, source, how, planReplace, { asDeclared: true })
          : staged(session, source, how, (write, state, temp) => planOverwrite(write, state, temp, how?.partitions)),
      ),

    compact: (session, how) => inTurn(() => compact(session, how)),

    async scan(version, partitions, within) {
      const state = await at(version);
      const field = state.metadata?.partitionColumns[0];
      const files = [...state.files.values()].filter(
        (file) =>
          (partitions === undefined || field === undefined || partitions.includes(file.partitionValues[field] ?? '')) &&
          (within === undefined || mayHold(file, [within])),
      );
      const read = await readFiles(where, state, files);
      return selectFiles(read, columnsOf(state), declared);
    },

    async rows(version) {
      const rows = rowsIn((await at(version)).files.values());
      return Number.isNaN(rows) ? undefined : rows;
    },

    async scanAddedSince(sinceVersion) {
      const state = await newest();
      const files = await addedFiles(where, state, sinceVersion);
      if (files.length === 0) return undefined;
      return selectFiles(await readFiles(where, state, files), columnsOf(state), declared);
    },

    async changes(from, to) {
      const [before, after] = [await at(from), await at(to)];
      const found = fileChanges(before, after);
      if (found === undefined) return undefined;
      const { added, removed, share, months } = found;
      const select = async (state: Snapshot, files: readonly AddFile[]) =>
        selectFiles(await readFiles(where, state, files), columnsOf(state), declared);
      return {
        ...{ share, months },
        rows: async () => ({
          added: await select(after, added),
          removed: removed.length === 0 ? undefined : await select(before, removed),
        }),
      };
    },

    history: () => readHistory(where),

    vacuum: async (how) => vacuumTable(where, await newest(), how),

    async checkpoint() {
      const state = await newest();
      if (state.version >= 0) await writeCheckpoint(where, state);
    },
  };
}
