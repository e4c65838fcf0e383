// Reads a table's log: the newest state cheaply, an older state when asked, and refuses a log with a hole in it.
import { Fault } from '@tessera/base';
import { type Action, parseCommit } from './actions.ts';
import { lastCheckpoint, readCheckpoint } from './checkpoint.ts';
import { applyActions, emptySnapshot, type Snapshot } from './snapshot.ts';
import { commitKey, logKeyAt, logPrefix, type TableFiles } from './table-files.ts';

const commitName = /\/(\d{20})\.json$/;
const checkpointName = /\/(\d{20})\.checkpoint\.parquet$/;

/** The actions of one commit, undefined where it does not exist. */
export async function readCommit(where: TableFiles, version: number): Promise<readonly Action[] | undefined> {
  const body = await where.store.get(commitKey(where, version));
  return body === undefined ? undefined : parseCommit(body, where.table, version);
}

/** The state after `known`'s newer commits. A hole is found by loadSnapshot alone; here the next number is simply not there. */
export async function refresh(where: TableFiles, known: Snapshot): Promise<Snapshot> {
  let state = known;
  for (;;) {
    const actions = await readCommit(where, state.version + 1);
    if (actions === undefined) return state;
    state = applyActions(where, state, state.version + 1, actions);
  }
}

async function listLog(where: TableFiles, from: number) {
  const commits: number[] = [];
  const checkpoints: number[] = [];
  for await (const key of where.store.keys(logPrefix(where), logKeyAt(where, from))) {
    const commit = commitName.exec(key);
    const checkpoint = checkpointName.exec(key);
    if (commit) commits.push(Number(commit[1]));
    if (checkpoint) checkpoints.push(Number(checkpoint[1]));
  }
  return { commits, checkpoints };
}

/** Versions whose commits the log still holds, ascending. */
export const listCommits = async (where: TableFiles): Promise<readonly number[]> => (await listLog(where, 0)).commits;

/** The state at `at` (default: newest) from the log alone. TABLE_VERSION_MISSING, or TABLE_LOG_BROKEN: never silently older data. */
export async function loadSnapshot(where: TableFiles, at?: number): Promise<Snapshot> {
  const hint = await lastCheckpoint(where);
  const from = hint !== undefined && (at === undefined || hint <= at) ? hint : 0;
  const listed = await listLog(where, from);
  const wanted = (version: number) => at === undefined || version <= at;
  const base = listed.checkpoints.filter(wanted).at(-1);
  const broken = (version: number, problem: string) =>
    new Fault('TABLE_LOG_BROKEN', { table: where.table, version, problem });
  if (from > 0 && (base === undefined || base < from)) throw broken(from, 'its checkpoint is missing');

  const commits = listed.commits.filter((version) => wanted(version) && version > (base ?? -1));
  const first = (base ?? -1) + 1;
  const hole = commits.findIndex((version, i) => version !== first + i);
  // What vacuum has taken is gone, not broken.
  if (hole === 0 && base === undefined && at !== undefined && listed.checkpoints.length > 0)
    throw new Fault('TABLE_VERSION_MISSING', { table: where.table, version: at });
  if (hole >= 0) throw broken(first + hole, 'the commit is missing');
  const version = first + commits.length - 1;
  if (at !== undefined && version !== at) {
    throw new Fault('TABLE_VERSION_MISSING', { table: where.table, version: at });
  }
  const bodies = await Promise.all(commits.map((commit) => readCommit(where, commit)));
  const start = base === undefined ? emptySnapshot : await readCheckpoint(where, base);
  return bodies.reduce((state, actions, i) => applyActions(where, state, first + i, actions ?? []), start);
}
