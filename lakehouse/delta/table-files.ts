// Where one table lives and what reads and writes it; handed to every part of the Delta code.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Fault } from '@tessera/base';
import type { Engine, ObjectKey, ObjectStore } from '../contract.ts';
import { deltaLogKey, keyBelow } from '../keys.ts';

export interface TableFiles {
  /** `<layer>/<name>`, for faults. */
  readonly table: string;
  /** Key prefix of the table, with its slash. */
  readonly root: ObjectKey;
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly now: () => Date;
}

const padded = (version: number): string => String(version).padStart(20, '0');

export const commitKey = (files: TableFiles, version: number): ObjectKey =>
  deltaLogKey(files.root, `${padded(version)}.json`);
export const checkpointKey = (files: TableFiles, version: number): ObjectKey =>
  deltaLogKey(files.root, `${padded(version)}.checkpoint.parquet`);
export const lastCheckpointKey = (files: TableFiles): ObjectKey => deltaLogKey(files.root, '_last_checkpoint');
export const logPrefix = (files: TableFiles): ObjectKey => deltaLogKey(files.root, '');
/** Sorts before everything that belongs to `version` and after all that is older. */
export const logKeyAt = (files: TableFiles, version: number): ObjectKey => deltaLogKey(files.root, padded(version));

/** A new file in the engine's scratch folder. */
export const scratchFile = (files: TableFiles, suffix: string): string =>
  join(files.engine.scratch, `${randomUUID()}${suffix}`);

/**
 * Key of a data file that a log names. Refuses everything that is not a plain relative path below the table's root:
 * a log is data, and `../` in it would read a neighbour's files.
 */
export function dataKey(files: TableFiles, path: string): ObjectKey {
  try {
    return keyBelow(files.root, ...decodeURIComponent(path).split('/'));
  } catch (cause) {
    throw new Fault('TABLE_PATH_REFUSED', { table: files.table }, { cause });
  }
}
