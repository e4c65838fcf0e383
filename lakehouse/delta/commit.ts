// Commits a plan to a table's log: optimistic, retried against the newer state, exactly once.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from '@tessera/base';
import type { CommitOptions, CommitResult, Properties } from '../contract.ts';
import { type Action, type AddFile, checkedEngine, type Metadata, renderCommit } from './actions.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { discardFiles } from './data-file.ts';
import { readCommit } from './log.ts';
import { type Columns, loggedColumns, type Partitioning, renderSchema } from './schema.ts';
import { applyActions, evolvedFlag, type Snapshot } from './snapshot.ts';
import { commitKey, type TableFiles } from './table-files.ts';

/** What a write wants to change, computed against one snapshot. */
export interface Plan {
  readonly operation: 'WRITE' | 'MERGE' | 'OPTIMIZE';
  readonly mode: 'Append' | 'Overwrite' | 'Merge';
  /** Columns of the table after the commit. */
  readonly columns: Columns;
  readonly adds: readonly AddFile[];
  readonly removes: readonly string[];
  readonly rows: number;
  /** False where the rows are the same after the commit, only in other files. */
  readonly dataChange?: false;
  /** True where no file of before stays, so that the columns need not be those of before. */
  readonly asDeclared?: true;
  /** True where the plan holds against any newer state too: it only adds. */
  readonly blind: boolean;
}

export interface CommitShape {
  readonly partition: Partitioning | undefined;
  readonly notNull: readonly string[];
}

const propertyPrefix = 'tessera.property.';
const checkpointEvery = 20;
const mostAttempts = 200;

export function propertiesOf(state: Snapshot): Readonly<Record<string, string>> {
  const entries = Object.entries(state.metadata?.configuration ?? {});
  return Object.fromEntries(
    entries.filter(([k]) => k.startsWith(propertyPrefix)).map(([k, v]) => [k.slice(propertyPrefix.length), v]),
  );
}

/** The metadata after the commit; the same object as before where nothing of it changes. */
function nextMetadata(where: TableFiles, state: Snapshot, plan: Plan, shape: CommitShape, properties: Properties) {
  const before = state.metadata;
  if (plan.asDeclared && before !== undefined) return newColumns(where, before, plan, shape, properties);
  const logged = before === undefined ? undefined : loggedColumns(before.schemaString, before.partitionColumns);
  const columns = new Map([...(logged ?? []), ...plan.columns]);
  // A file that a racing writer wrote before the other's new column came lacks it as well.
  const grows = logged !== undefined && columns.size > logged.size && state.files.size > 0;
  const lacks = plan.adds.length > 0 && columns.size > plan.columns.size;
  const configuration = {
    ...before?.configuration,
    ...(grows || lacks ? { [evolvedFlag]: 'true' } : {}),
    ...Object.fromEntries(Object.entries(properties).map(([k, v]) => [propertyPrefix + k, v])),
  };
  const schemaString = renderSchema(where.table, columns, shape.notNull, shape.partition, before?.schemaString);
  if (before === undefined) {
    return {
      id: randomUUID(),
      format: { provider: 'parquet', options: {} },
      schemaString,
      partitionColumns: shape.partition === undefined ? [] : [shape.partition.field],
      configuration,
      createdTime: where.now().getTime(),
    } satisfies Metadata;
  }
  const same =
    schemaString === before.schemaString && JSON.stringify(configuration) === JSON.stringify(before.configuration);
  return same ? before : { ...before, schemaString, configuration };
}

/** Metadata of a table all of whose files are replaced: the columns are the plan's alone. */
function newColumns(
  where: TableFiles,
  { configuration: { [evolvedFlag]: _, ...configuration }, ...before }: Metadata,
  plan: Plan,
  { notNull, partition }: CommitShape,
  properties: Properties,
): Metadata {
  const set = Object.fromEntries(Object.entries(properties).map(([k, v]) => [propertyPrefix + k, v]));
  return {
    ...before,
    schemaString: renderSchema(where.table, plan.columns, notNull, partition),
    partitionColumns: partition === undefined ? [] : [partition.field],
    configuration: { ...configuration, ...set },
  };
}

const changesFiles = ({ adds, removes }: Plan) => adds.length > 0 || removes.length > 0;
const setBy = (plan: Plan, { properties = {} }: CommitOptions): Properties =>
  typeof properties === 'function' ? properties(changesFiles(plan)) : properties;

function actionsFor(where: TableFiles, state: Snapshot, plan: Plan, shape: CommitShape, options: CommitOptions) {
  const at = where.now().getTime();
  const { txn, run } = options;
  const properties = setBy(plan, options);
  const metadata = nextMetadata(where, state, plan, shape, properties);
  const actions: Action[] = [
    ...(state.version < 0 ? [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }] : []),
    ...(metadata === state.metadata ? [] : [{ metaData: metadata }]),
    ...(txn === undefined ? [] : [{ txn: { ...txn, lastUpdated: at } }]),
    ...plan.removes.map((path) => ({ remove: { path, deletionTimestamp: at, dataChange: plan.dataChange ?? true } })),
    ...plan.adds.map((add) => ({ add })),
  ];
  const commitInfo = {
    timestamp: at,
    operation: plan.operation,
    operationParameters: { mode: plan.mode },
    engineInfo: checkedEngine,
    txnId: randomUUID(),
    lines: actions.length + 1,
    ...(run === undefined ? {} : { userMetadata: run }),
  };
  return {
    changesMetadata: metadata !== state.metadata,
    txnId: commitInfo.txnId,
    actions: [{ commitInfo }, ...actions],
  };
}

/**
 * Plans against the newest state and commits; where another writer was faster, plans again (a blind plan is kept).
 * Skips where `options.txn` is not newer than the table's, or where there is nothing to write. COMMIT_CONFLICT after many lost races.
 */
export async function commitPlan(
  where: TableFiles,
  read: () => Promise<Snapshot>,
  remember: (state: Snapshot) => void,
  shape: CommitShape,
  makePlan: (state: Snapshot) => Promise<Plan>,
  options: CommitOptions = {},
): Promise<CommitResult> {
  let plan: Plan | undefined;
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const state = await read();
    if (options.txn !== undefined && (state.txns.get(options.txn.appId) ?? -1) >= options.txn.version) {
      if (plan !== undefined) await discardFiles(where, plan.adds);
      return { version: state.version, rows: 0, skipped: true, differs: false };
    }
    plan ??= await makePlan(state);
    const made = actionsFor(where, state, plan, shape, options);
    const differs = changesFiles(plan);
    if (!differs && (state.version < 0 ? Object.keys(setBy(plan, options)).length === 0 : !made.changesMetadata)) {
      return { version: state.version, rows: 0, skipped: true, differs: false };
    }
    const version = state.version + 1;
    // Where this throws, the commit may or may not be there, so the files are left alone; txn makes a repeat safe.
    const won = await where.store.putIfAbsent(commitKey(where, version), renderCommit(made.actions));
    if (won || (await isOurs(where, version, made.txnId))) {
      const after = applyActions(where, state, version, made.actions);
      remember(after);
      // The commit stands whatever becomes of its checkpoint; the next one tries again.
      if (version > 0 && version % checkpointEvery === 0) await writeCheckpoint(where, after).catch(() => {});
      return { version, rows: plan.rows, skipped: false, differs };
    }
    if (!plan.blind) {
      await discardFiles(where, plan.adds);
      plan = undefined;
    }
    await wait(Math.random() * Math.min(5 * attempt, 100));
  }
  if (plan !== undefined) await discardFiles(where, plan.adds);
  throw new Fault('COMMIT_CONFLICT', { table: where.table, attempts: mostAttempts });
}

/** S3 may have stored our commit although its answer got lost; the client's own retry then finds the key taken, by us. */
async function isOurs(where: TableFiles, version: number, txnId: string): Promise<boolean> {
  const actions = await readCommit(where, version);
  return actions?.some((action) => action.commitInfo?.txnId === txnId) ?? false;
}
