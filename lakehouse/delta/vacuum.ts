// Vacuum: deletes files that no kept version of a table needs, and the part of the log before the oldest kept one.
import type { ObjectKey } from '../contract.ts';
import { addedFiles } from './added-files.ts';
import { loadSnapshot } from './log.ts';
import type { Snapshot } from './snapshot.ts';
import { dataKey, logPrefix, type TableFiles } from './table-files.ts';

export interface VacuumOptions {
  /** Versions that must stay readable beside the newest, such as those that kept releases name. */
  readonly keep: readonly number[];
  /** Versions from which somebody still wants to know what was added since (scanAddedSince; -1: everything): kept, and the files of the answer, too. */
  readonly readers?: readonly number[];
  /** Nothing that was stored or removed later than this is touched: a writer or a reader may still be at it. */
  readonly olderThan: Date;
  /** Only tells what would go. */
  readonly dryRun?: boolean;
}

export interface Vacuumed {
  readonly files: number;
  readonly commits: number;
  readonly bytes: number;
}

const commitOrCheckpoint = /\/(\d{20})\.(json|checkpoint\.parquet)$/;

/** What goes is decided before anything does. A vacuum that is interrupted has deleted some of it, and nothing else. */
export async function vacuumTable(where: TableFiles, newest: Snapshot, options: VacuumOptions): Promise<Vacuumed> {
  if (newest.version < 0) return { files: 0, commits: 0, bytes: 0 };
  const readers = (options.readers ?? []).filter((v) => v < newest.version);
  const kept = await Promise.all(
    [...new Set([...options.keep, ...readers])]
      .filter((v) => v >= 0 && v < newest.version)
      .map((v) => loadSnapshot(where, v)),
  );
  // Whoever is behind furthest is given all that the others are.
  const unread = readers.length === 0 ? [] : await addedFiles(where, newest, Math.min(...readers));
  const needed = new Set(
    [...[newest, ...kept].flatMap((state) => [...state.files.keys()]), ...unread.map(({ path }) => path)].map((path) =>
      dataKey(where, path),
    ),
  );
  const justRemoved = new Set(
    [...newest.removed].filter(([, at]) => at >= options.olderThan.getTime()).map(([path]) => dataKey(where, path)),
  );
  const oldest = Math.min(newest.version, ...readers, ...kept.map(({ version }) => version));

  const doomed: { key: ObjectKey; bytes: number }[] = [];
  const logged: { key: ObjectKey; bytes: number; version: number; isCheckpoint: boolean; isOld: boolean }[] = [];
  for await (const { key, bytes, modifiedAt } of where.store.list(where.root)) {
    const isOld = modifiedAt < options.olderThan;
    const log = commitOrCheckpoint.exec(key);
    if (log) logged.push({ key, bytes, version: Number(log[1]), isCheckpoint: log[2] !== 'json', isOld });
    else if (!key.startsWith(logPrefix(where)) && isOld && !needed.has(key) && !justRemoved.has(key))
      doomed.push({ key, bytes });
  }
  const files = doomed.length;
  // A reader of the oldest kept version starts at the last checkpoint before it; what is older is read by nobody.
  const start = Math.max(-1, ...logged.filter((l) => l.isCheckpoint && l.version <= oldest).map((l) => l.version));
  doomed.push(...logged.filter((l) => l.version < start && l.isOld));

  if (!options.dryRun) for (const { key } of doomed) await where.store.delete(key);
  return { files, commits: doomed.length - files, bytes: doomed.reduce((sum, { bytes }) => sum + bytes, 0) };
}
