// Pages as vendors sent them, and what vendors send by themselves.
import type { Fault, SourceName } from '@tessera/base';
import type { ObjectKey } from './store.ts';

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
