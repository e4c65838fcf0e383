// What a Delta table of a tenant is: appended to, merged, overwritten, read at any version.
import type { CompactOptions } from '../delta/compact.ts';
import type { Vacuumed, VacuumOptions } from '../delta/vacuum.ts';
import type { EngineSession, Rows } from './engine.ts';

/** Name of a table: lower-case words joined by _; bronze tables are `<source>__<stream>`. Only parseTableName makes one. */
export type TableName = string & { readonly __brand: 'TableName' };

export type Properties = Readonly<Record<string, string>>;
export interface CommitOptions {
  /** Idempotence: a commit whose (appId, version) is not newer than the table's is skipped. */
  readonly txn?: { readonly appId: string; readonly version: number };
  /** Kept as table properties in the same commit, for example a connector's cursor; told whether the commit changes rows. */
  readonly properties?: Properties | ((differs: boolean) => Properties);
  /** Shown by history(): the run that wrote it. */
  readonly run?: string;
}
export interface CommitResult {
  readonly version: number;
  readonly rows: number;
  /** True where txn said that this was done before, or there was nothing to write. */
  readonly skipped: boolean;
  /** Whether it added or removed files: a commit may be of properties alone. */
  readonly differs: boolean;
}

/** Values of a column, both ends included; instants as ISO text to the millisecond, ending in Z. */
export interface ScanRange {
  readonly column: string;
  readonly min: string | number;
  readonly max: string | number;
}

/** What files tell of the way from one version to a later one. */
export interface TableChanges {
  /** Of the later version's bytes, those in files that the earlier one does not have: 0 to 1. */
  readonly share: number;
  /** Months that differing files are of, as scan takes them, and a condition that holds for their rows; undefined where the table is not partitioned by month. */
  readonly months: { readonly values: readonly string[]; readonly within: string } | undefined;
  /** Looks the differing files up; TABLE_FILE_DAMAGED or OBJECT_MISSING where one is not as it was, for vacuum may have taken those of the earlier version. */
  rows(): Promise<ChangedRows>;
}
export interface ChangedRows {
  /** Rows of the files that only the later version has: new ones, and those that lay in a removed file and were written again. */
  readonly added: Rows;
  /** Rows of the files that only the earlier version has; undefined where all its files are still there. */
  readonly removed: Rows | undefined;
}

/** A Delta table (protocol 1/2). Sources are selects on a session of the same engine; they see that session's temp tables. */
export interface DeltaTable {
  readonly name: TableName;
  /** -1 where the table does not exist yet. */
  version(): Promise<number>;
  /** The newest version with its properties; both of one look at the log. */
  state(): Promise<{ readonly version: number; readonly properties: Properties }>;
  append(session: EngineSession, source: Rows, options?: CommitOptions): Promise<CommitResult>;
  /** Updates rows with the same key, inserts the others; rewrites only files that hold touched keys. Writes nothing where nothing differs. */
  merge(session: EngineSession, source: Rows, key: readonly string[], options?: CommitOptions): Promise<CommitResult>;
  /**
   * Replaces the partitions that occur in `partitions` (values of the partition column), or the whole table without it. Writes nothing where the content is the same.
   * With `asDeclared` also the columns and the partitioning become what is declared; older versions keep theirs.
   */
  overwrite(
    session: EngineSession,
    source: Rows,
    options?: CommitOptions & ({ readonly partitions?: readonly string[] } | { readonly asDeclared: true }),
  ): Promise<CommitResult>;
  /** A select of the declared columns (all where none are declared) over the table at a version (default newest), or over some partitions of it; an empty typed select where it does not exist needs `columns`.
   *  With `within` files are left out whose bounds prove that they hold no row there; the rows themselves are not filtered. */
  scan(version?: number, partitions?: readonly string[], within?: ScanRange): Promise<Rows>;
  /** How many rows there are at a version (default newest), by the log alone; undefined where another writer did not say. */
  rows(version?: number): Promise<number | undefined>;
  /** Rows in files that were added after `sinceVersion` and are still there, undefined where there are none. Exact for a table that is only appended to; a merge's or overwrite's file holds its unchanged rows too. */
  scanAddedSince(sinceVersion: number): Promise<Rows | undefined>;
  /** What differs between two versions, file by file, by the log alone; undefined where the table was not there or has other columns since. */
  changes(from: number, to: number): Promise<TableChanges | undefined>;
  /** Joins small files, partition by partition; changes no row, so that scanAddedSince finds nothing new. Returns by how many files the table shrank. */
  compact(session: EngineSession, options?: CompactOptions): Promise<number>;
  /** Deletes what neither the newest nor a kept version needs; versions that are not kept may become TABLE_VERSION_MISSING. */
  vacuum(options: VacuumOptions): Promise<Vacuumed>;
  history(): Promise<
    readonly {
      readonly version: number;
      readonly at: Date;
      readonly operation: string;
      readonly run: string | undefined;
      /** Files that it added and removed, and the rows in those added: a merge's hold their unchanged rows, too. */
      readonly added: number;
      readonly removed: number;
      readonly rows: number;
    }[]
  >;
  checkpoint(): Promise<void>;
}

export interface TableOptions {
  /** Column whose value (for DATE: its month, as yyyy-mm in column <col>_month) partitions the table. */
  readonly partitionBy?: string;
  /** Declared columns, so that an absent table can still be selected from; {} takes those that the table has. */
  readonly columns: Readonly<Record<string, string>>;
  readonly notNull?: readonly string[];
}
