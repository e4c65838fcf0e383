// The connector contract: what a vendor's folder declares, and what a stream yields. Connectors yield pages; they never write, never retry, never know the tenant.
import type { Clock, SourceName } from '@tessera/base';
import type { z } from 'zod';

/** The narrowest slice of fetch that connectors use; tests and the composition root supply it. */
export type Web = (
  url: string,
  init: {
    readonly method: 'GET' | 'POST' | 'DELETE';
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal?: AbortSignal;
  },
) => Promise<WebResponse>;
export interface WebResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  bytes(): Promise<Uint8Array>;
}

/** Type of a bronze column, taken from a record by a JSON path. */
export interface BronzeColumn {
  readonly type: 'VARCHAR' | 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'TIMESTAMPTZ' | 'JSON';
  /** Path in the record, for example `$.profile.email`; several are tried in order (older names of a field). */
  readonly path: string | readonly string[];
  /** A record without it goes to quarantine. */
  readonly required?: true;
  /** Values that mean "not there", for example Graph's 0001-01-01T00:00:00Z. */
  readonly nullIf?: readonly string[];
  /** A TIMESTAMPTZ that may also come as a number: seconds since 1970, or milliseconds from 10^11 on. */
  readonly epoch?: true;
  /** A field that may hold several values as an array: the first is taken. */
  readonly first?: true;
  /** A VARCHAR that may also be an array or object, kept as JSON text; without it such a value is another type and goes to quarantine. */
  readonly orJson?: true;
  /** All values that it can have; a record with another one goes to quarantine. For enumerations that their vendor calls closed. */
  readonly oneOf?: readonly string[];
  readonly about: string;
}

export interface StreamPage {
  /** Method and URL, secrets removed. */
  readonly request: string;
  readonly status: number;
  /** The exact bytes of the response's body. */
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** Number of records in it, for progress. */
  readonly records: number;
  /** Where to go on after this page is stored; plain JSON. */
  readonly cursor: unknown;
  /** For mode children: key of the parent whose children this page holds. */
  readonly parent?: string;
  /** For mode changes: this page is one of a complete listing (first run, or the vendor forgot our cursor), so a key that no page of the run lists is gone. */
  readonly full?: true;
}

export interface PageContext<Client> {
  readonly client: Client;
  /** Cursor of the last stored page, undefined on the first run. */
  readonly cursor: unknown;
  readonly now: Clock;
  /** Keys of records of another stream of the same source that changed since this stream's last run (for per-parent calls such as factors), undefined for all. */
  readonly parents?: () => Promise<readonly string[]>;
}

/**
 * How bronze keeps the stream:
 * - events: append, de-duplicated by primary key
 * - changes: append each new version of a record (key + content hash); absence means nothing
 * - snapshot: every run lists all; new and changed versions are appended, and a key no longer listed gets a version with _deleted = true
 * - children: every page holds all records of one parent (declared in `parent`); a record no longer listed under its parent gets a _deleted version
 */
export type StreamMode = 'events' | 'changes' | 'snapshot' | 'children';

export interface StreamDefinition<Client> {
  readonly name: string;
  readonly about: string;
  readonly mode: StreamMode;
  /** JSON path of the records in a page: `$[*]`, `$.value[*]`, `$.results[*]`, … */
  readonly records: string;
  /** True where `records` is an object: each of its members is a record `{ key, value }`. */
  readonly keyed?: true;
  /** Where the vendor also sends this stream's records by itself: their JSON path in a delivery. */
  readonly hook?: { readonly records: string };
  /** Where `records` are groups: JSON path of the real records inside each group, and columns taken from the group. */
  readonly nested?: { readonly path: string; readonly carry: Readonly<Record<string, string>> };
  /** JSON path that only a deletion marker has (Graph's `$."@removed"`); such a record becomes a version with _deleted = true. */
  readonly deletedBy?: string;
  readonly primaryKey: readonly string[];
  /** Bronze column with the event's own time, for freshness. */
  readonly occurredAt?: string;
  /** For mode children: stream whose keys are the parents, and the bronze column that holds the parent's key. */
  readonly parent?: {
    readonly stream: string;
    readonly column: string;
    /** Only a new parent, or one that differs in these bronze columns, counts as changed; without it every new version does. */
    readonly watch?: readonly string[];
    /** Other streams whose new rows say that a parent's children changed: `keys` is a select of one column of parent keys from `added`. */
    readonly touchedBy?: readonly { readonly stream: string; readonly keys: string }[];
  };
  /** Top-level fields of a record that we know of and take no column from; any other new one is counted as drift. Without the list nothing is. */
  readonly alsoKnown?: readonly string[];
  readonly columns: Readonly<Record<string, BronzeColumn>>;
  /** Version of columns and key, 1 where nothing is said. A breaking change needs the next one. */
  readonly version?: number;
  /** A text of each record that says whose it is: where the connection names its owner, a record that names another one is refused. */
  readonly ownedBy?: { readonly path: string; readonly setting: string };
  readonly endpoint: string;
  readonly pageSize: number;
  readonly cursorAbout: string;
  readonly deletes: string;
  readonly retention: string;
  pages(context: PageContext<Client>): AsyncIterable<StreamPage>;
  /** Everything between two instants, once more, for streams of events whose vendor answers for a span; its pages carry no cursor. */
  window?(context: {
    readonly client: Client;
    readonly from: Date;
    readonly to: Date;
  }): AsyncIterable<Omit<StreamPage, 'cursor'>>;
}

export interface ConnectorNeeds<S> {
  readonly settings: S;
  readonly web: Web;
  readonly now: Clock;
  /** Resolves after ms; injected so that tests do not wait. */
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Connector<S = never, Client = never> {
  readonly source: SourceName;
  readonly title: string;
  /** Settings as a zod schema; fields that hold secrets are listed in `secrets`. */
  readonly settings: z.ZodType<S>;
  readonly secrets: readonly string[];
  readonly auth: string;
  /** Minimal scopes or privileges; a credential with more is refused (SOURCE_OVERSCOPED) where the vendor lets us see them. */
  readonly scopes: readonly string[];
  readonly limits: string;
  readonly docs: string;
  /** Where the vendor's webhooks only say that something happened: the streams to ask at once. */
  readonly woken?: readonly string[];
  connect(needs: ConnectorNeeds<S>): Promise<Client>;
  readonly streams: readonly StreamDefinition<Client>[];
}
