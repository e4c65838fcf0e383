// The lakehouse's contracts: what an object store, a table, an engine and a release are. Implementations are beside it.
import type { Fault, Layer, SourceName, Tenant } from '@tessera/base';
import type { CompactOptions } from './delta/compact.ts';
import type { Vacuumed, VacuumOptions } from './delta/vacuum.ts';

/** A key inside the store. Only keys.ts makes one, always under a tenant's prefix (or platform/). */
export type ObjectKey = string & { readonly __brand: 'ObjectKey' };

/** Name of a table: lower-case words joined by _; bronze tables are `<source>__<stream>`. Only parseTableName makes one. */
export type TableName = string & { readonly __brand: 'TableName' };

export interface StoredObject {
  readonly key: ObjectKey;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** Objects by key. Every write is durable (file and folder fsynced, or acknowledged by S3) when its promise resolves. */
export interface ObjectStore {
  put(key: ObjectKey, body: Uint8Array): Promise<void>;
  /** False where the key exists already; then nothing is changed. */
  putIfAbsent(key: ObjectKey, body: Uint8Array): Promise<boolean>;
  /** Stores a finished local file under the key (moved or uploaded). */
  putFile(key: ObjectKey, localPath: string): Promise<number>;
  get(key: ObjectKey): Promise<Uint8Array | undefined>;
  /** In ascending order of key. */
  list(prefix: ObjectKey, after?: ObjectKey): AsyncIterable<StoredObject>;
  delete(key: ObjectKey): Promise<void>;
  /** Path of a local file with the object's bytes, for DuckDB: the file itself, or a cached download (objects never change in place). */
  localPath(key: ObjectKey): Promise<string>;
}

/** Seals what is stored under the tenant's key. `label` is bound to the bytes: one object cannot stand for another. */
export interface ObjectSealing {
  /** False where new objects are stored as they are. */
  readonly on: boolean;
  isSealed(bytes: Uint8Array): boolean;
  seal(label: string, plain: Uint8Array): Promise<Uint8Array>;
  open(label: string, sealed: Uint8Array): Promise<Uint8Array>;
}

/** SQL text with named tables: a select that the engine can run. */
export interface Rows {
  readonly sql: string;
  /** A temp table of the session that holds exactly these rows: a write that finds it in the table's shape does not copy it. */
  readonly temp?: string;
}

export type SqlValue = string | number | bigint | boolean | null | Date;
/** Numbers are JS numbers where that is exact and decimal text elsewhere; DATE is 'yyyy-mm-dd'; TIMESTAMPTZ is ISO text ending in Z, TIMESTAMP the same without Z (milliseconds, or microseconds where there are any). */
export type Row = Record<string, SqlValue | SqlValue[] | object>;

export interface QueryOptions {
  readonly params?: readonly SqlValue[];
  /** Interrupts the statement and throws QUERY_TIMEOUT. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** One DuckDB instance with its limits; `session` gives a connection of its own for temp tables. */
export interface Engine {
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
  session<T>(work: (session: EngineSession) => Promise<T>): Promise<T>;
  /** Folder for files that are being made, on the same disk as the store where possible. */
  readonly scratch: string;
  close(): void;
}
export interface EngineSession {
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
  /** Statements without a result; several may be separated by `;`. */
  run(sql: string): Promise<void>;
}

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

/** A Delta table (protocol 1/2). Sources are selects on a session of the same engine; they see that session's temp tables. */
/** Partitions with other rows, or other files, at a later version. */
export interface ChangedPartitions {
  /** A row's partition, as an expression over the table's columns. */
  readonly sql: string;
  readonly values: readonly (string | null)[];
  /** How many there are at the later version. */
  readonly of: number;
}

export interface DeltaTable {
  readonly name: TableName;
  /** -1 where the table does not exist yet. */
  version(): Promise<number>;
  properties(): Promise<Readonly<Record<string, string>>>;
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
  /** Rows in files that were added after `sinceVersion` and are still there, undefined where there are none. Exact for a table that is only appended to; a merge's or overwrite's file holds its unchanged rows too. */
  scanAddedSince(sinceVersion: number): Promise<Rows | undefined>;
  /** What differs between two versions, by partition; undefined where that cannot be told so. Reads the log only. */
  changedPartitions(from: number, to: number): Promise<ChangedPartitions | undefined>;
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

/** All of one tenant's lake, and nothing else: no method takes a path or another tenant. */
export interface TenantLake {
  readonly tenant: Tenant;
  table(layer: Layer, name: TableName, options: TableOptions): DeltaTable;
  readonly raw: RawPages;
  /** What was sent to us and is not in bronze yet, under inbox/. */
  readonly inbox: Inbox;
  readonly releases: Releases;
  /** Bad records with their reason, as JSON lines objects under quarantine/. */
  readonly quarantine: Quarantine;
  /** What failed after its last attempt, under dead-letter/: one object an input and stage, by `DeadLetter.id`. */
  readonly deadLetters: Documents<DeadLetter>;
  /** Runs that did something, by name, under runs/. */
  readonly runs: Documents<RunRecord>;
  /** What an operator ordered, under control/. */
  readonly control: Documents<ControlNote>;
  /** How old each source's data has been, under freshness/: bounded, whatever the history. */
  readonly freshness: Documents<FreshnessRecord>;
  /** The conservation ledger: an entry a run that changed something, accounts of staging, and what is open, under ledger/. */
  readonly ledger: Documents<object>;
  /** What vendors send that nobody declared, under drift/: one object a stream, named `<source>.<stream>`. Names and counts, no values. */
  readonly drift: Documents<DriftRecord>;
  readonly leases: Leases;
}

/** Small JSON objects by name. */
export interface Documents<T> {
  put(name: string, value: T): Promise<void>;
  get(name: string): Promise<T | undefined>;
  /** In order of name; with `newest`, the last so many. */
  list(newest?: number): Promise<readonly T[]>;
  remove(name: string): Promise<void>;
}

/** A stage that failed for good: its input is references only, its message holds no secret and no row. */
export interface DeadLetter {
  /** `<stage>` or `<stage>.<source>.<stream>`: the same failure again is the same letter. */
  readonly id: string;
  readonly stage: string;
  readonly source?: string;
  readonly stream?: string;
  readonly input: object;
  readonly code: string;
  readonly message: string;
  /** The newest attempts, oldest first. */
  readonly history: readonly {
    readonly run: string;
    readonly at: string;
    readonly code: string;
    readonly attempts: number;
  }[];
  /** Of all its runs. */
  readonly attempts: number;
  readonly run: string;
  readonly firstAt: string;
  readonly at: string;
}

export interface RunRecord {
  readonly run: string;
  readonly at: string;
  readonly ms: number;
  readonly outcome: 'released' | 'unchanged' | 'failed';
  readonly release: number | undefined;
  readonly rows: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly faults: readonly {
    readonly stage: string;
    readonly source?: string;
    readonly stream?: string;
    readonly code: string;
    readonly message: string;
  }[];
}

export interface ControlNote {
  readonly at: string;
  readonly by: string;
  readonly why: string;
}

/** Ages of a tenant's sources over the newest days; the pipeline's freshness keeps and reads it. */
export interface FreshnessRecord {
  readonly sources: Readonly<Record<string, SourceAges>>;
}
export interface SourceAges {
  /** Measured until this instant (ms since 1970). */
  readonly until: number;
  /** When the source was asked for what is served now; null before the first time. */
  readonly checkedAt: number | null;
  /** When it last answered everything it was asked, served yet or not. */
  readonly answeredAt: number | null;
  /** Why its last turn failed. */
  readonly failed: string | null;
  /** UTC days, oldest first. */
  readonly days: readonly AgesOfDay[];
}
export interface AgesOfDay {
  readonly day: string;
  /** Milliseconds measured, and those of them within the target. */
  readonly measured: number;
  readonly within: number;
  /** Milliseconds spent at ages up to each bound, the last without bound. */
  readonly spent: readonly number[];
  /** Greatest age in ms; null where no check had been made yet. */
  readonly oldest: number | null;
}

export interface LeaseFacts {
  readonly fence: number;
  /** Who, for people. */
  readonly holder: string;
  readonly process: string;
  readonly token: string;
  readonly takenAt: string;
  /** Moves with each heartbeat: who watches it stand still needs no clock of the holder. */
  readonly beat: number;
  readonly ttlMs: number;
  readonly expiresAt: string;
  /** Set when it was given back; the object stays, so that numbers never come again. */
  readonly releasedAt?: string;
}
export interface Lease {
  /** Grows with every lease of the tenant. */
  readonly fence: number;
  /** Puts its end off. LEASE_LOST where another worker has taken over. */
  beat(): Promise<void>;
  /** LEASE_LOST where another worker has taken over. */
  check(): Promise<void>;
  /** Gives it back; harmless where it is lost. */
  release(): Promise<void>;
}
export interface Leases {
  /** Undefined where another worker holds it. */
  take(options: { readonly holder: string; readonly ttlMs: number }): Promise<Lease | undefined>;
  /** The newest lease, held or given back. */
  newest(): Promise<LeaseFacts | undefined>;
}

export interface RawPage {
  readonly source: SourceName;
  readonly stream: string;
  /** Run id and page number: a repeated put of the same page changes nothing. */
  readonly run: string;
  readonly page: number;
  readonly receivedAt: Date;
  /** Method and URL with secrets removed. */
  readonly request: string;
  readonly status: number;
  readonly body: Uint8Array;
  /** Cursor that holds after this page, as JSON text. */
  readonly cursor: string;
}
export interface RawPageEntry extends Omit<RawPage, 'body'> {
  readonly sha256: string;
  readonly key: ObjectKey;
}
/** What one staging took from raw: enough to do it again. */
export interface RawPart {
  /** Number of the first batch that it committed; one that committed nothing is overwritten by the next. */
  readonly number: number;
  readonly run: string;
  /** Numbers of the run's pages, for example `1-40,42`. */
  readonly pages: string;
  /** The pages were a whole listing. */
  readonly complete: boolean;
  /** Whose records were taken; null where nobody said, absent where it was not noted yet. */
  readonly owner?: string | null;
}
export interface RawPages {
  /** Writes the exact bytes (zstd) and, beside them, sha256, request and time. */
  put(page: RawPage): Promise<RawPageEntry>;
  /** The entry that put would give, without writing anything. */
  describe(page: RawPage): RawPageEntry;
  /** Durable before anything of the part is committed. */
  notePart(source: SourceName, stream: string, part: RawPart): Promise<void>;
  /** All parts of a stream, in the order in which they were staged. */
  parts(source: SourceName, stream: string): Promise<readonly RawPart[]>;
  /** In order of day, run and page; `since` leaves out pages received on earlier UTC days, without looking at them. */
  list(source: SourceName, stream: string, run?: string, since?: Date): Promise<readonly RawPageEntry[]>;
  read(entry: RawPageEntry): Promise<Uint8Array>;
  /** Lends local paths of the compressed page files, in order, for DuckDB's JSON reader: they hold as long as `use` runs. */
  localPaths<T>(entries: readonly RawPageEntry[], use: (paths: readonly string[]) => Promise<T>): Promise<T>;
  /** The same for copies that hold what `rewrite` makes of each page; undefined in the place of one that is damaged, or of which it makes nothing. Raw itself stays as it is. */
  rewritten<T>(
    entries: readonly RawPageEntry[],
    rewrite: (body: Uint8Array) => Uint8Array | undefined,
    use: (paths: readonly (string | undefined)[]) => Promise<T>,
  ): Promise<T>;
}

/** Something that a vendor sent by itself. */
export interface Delivery {
  readonly receivedAt: Date;
  /** Records in it, as counted on arrival. */
  readonly records: number;
  /** The exact bytes. */
  readonly body: Uint8Array;
}
export interface WaitingDelivery extends Delivery {
  readonly id: string;
}
export interface Inbox {
  /** Durable when it resolves; the same bytes again, while they wait, are one delivery. Gives its id. */
  put(source: SourceName, stream: string, delivery: Delivery): Promise<string>;
  /** In no order of time, at most so many. Those that the disk gives other bytes of are left out, and told. */
  list(
    source: SourceName,
    stream: string,
    most: number,
    damaged?: (fault: Fault) => void,
  ): Promise<readonly WaitingDelivery[]>;
  /** Once it is in bronze; one that is not there is no failure. */
  remove(source: SourceName, stream: string, id: string): Promise<void>;
  /** Of all sources, as stored. */
  waiting(): Promise<{ readonly deliveries: number; readonly bytes: number }>;
}

export interface DriftRecord {
  readonly source: string;
  readonly stream: string;
  readonly fields: Readonly<Record<string, DriftedField>>;
}
export interface DriftedField {
  /** JSON type of the newest: VARCHAR, BIGINT, OBJECT, …; null where a declared field does not fit its column. */
  readonly type: string | null;
  /** From batches over 5,000 records an estimate, by every eighth of them. */
  readonly records: number;
  readonly firstSeen: string;
  /** Run that saw it last. */
  readonly run: string;
  /** Parts that were staged last, newest first, with their share of `records`: the same part again adds nothing. */
  readonly parts?: readonly (readonly [part: string, records: number])[];
}

export interface Quarantined {
  readonly source: SourceName;
  readonly stream: string;
  readonly run: string;
  readonly page: number;
  readonly reason: string;
  readonly record: string;
  readonly at: Date;
  /** Columns that the record does not carry itself: its parent's key, or what its group says. */
  readonly given?: Readonly<Record<string, string>>;
}
/** One that was found, with the id that its page and content give: found again it is the same. */
export interface QuarantinedRecord extends Quarantined {
  readonly id: string;
}
/** What a person made of it. The record stays as it was found: the books need its reason. */
export interface Mended {
  readonly id: string;
  readonly how: 'replayed' | 'fixed' | 'discarded';
  readonly at: string;
  readonly by: string;
  /** Run of the raw page that holds what was staged instead. */
  readonly run?: string;
  /** Why it was discarded, in the person's words. */
  readonly why?: string;
}
export interface Quarantine {
  put(records: readonly Quarantined[]): Promise<void>;
  /** Each once, whatever became of it. */
  list(): Promise<readonly QuarantinedRecord[]>;
  /** Says what became of one; the last word counts. */
  mend(mended: Mended): Promise<void>;
  mended(): Promise<ReadonlyMap<string, Mended>>;
}

/** One published set of table versions. */
export interface Release {
  readonly number: number;
  readonly at: Date;
  /** Instant at which current-state columns hold. */
  readonly asOf: Date;
  readonly run: string;
  /** Number of the lease under which it was published, where there was one. */
  readonly fence?: number;
  /** Set by a rollback: the release whose tables these are. As long as the newest release has it, runs build nothing upon it. */
  readonly rolledBackTo?: number;
  /** Version of each gold table. */
  readonly tables: Readonly<Record<string, number>>;
  /** Version of each bronze table that they were built from. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Rows of each gold table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Freshness per source: newest event, newest receipt, last successful check. */
  readonly sources: Readonly<
    Record<
      string,
      {
        readonly newestOccurredAt: string | null;
        readonly newestIngestAt: string | null;
        readonly checkedAt: string | null;
      }
    >
  >;
}
export interface Releases {
  latest(): Promise<Release | undefined>;
  get(number: number): Promise<Release | undefined>;
  /** Writes releases/<n>.json with put-if-absent; numbers start at 1 and have no gaps: any number but the next is RELEASE_TAKEN, a lost race too. */
  publish(release: Release): Promise<void>;
}

export interface ServingQueryOptions extends QueryOptions {
  /** A release that is still kept (the newest two); without it, or where it is gone, the one served now. */
  readonly release?: number;
}

/**
 * The tenants' serving copies: native DuckDB files made from releases. Each tenant has an instance of its own that can
 * open nothing but that tenant's folder; it is opened when needed and closed when idle. Gold tables are named without a
 * schema. Roll-up schemas (`<name>_r<release>`) are dropped when their release is no longer kept.
 */
export interface Serving {
  /** Makes the release's file where absent: gold tables with TIMESTAMP in UTC instead of TIMESTAMPTZ, sorted by time; then serves it. */
  build(lake: TenantLake, release: Release): Promise<void>;
  /** Takes a copy that is not its release out of service: the one before answers again, and the next build makes it anew. */
  distrust(tenant: Tenant, release: number): Promise<void>;
  /** Serves the tenant no more: its instance is closed, and questions are NOT_SERVED until a release is built. Its files are left. */
  drop(tenant: Tenant): Promise<void>;
  /** The release that the tenant is served from, or undefined before the first. */
  serving(tenant: Tenant): Release | undefined;
  /** Runs one select on the tenant's copy; SQL cannot name another tenant's. QUERY_REFUSED for any other statement, NOT_SERVED before the first release. */
  query(tenant: Tenant, sql: string, options?: ServingQueryOptions): Promise<Row[]>;
  close(): void;
}
