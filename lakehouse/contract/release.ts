// Published sets of table versions, and the copy that answers.
import type { Tenant } from '@tessera/base';
import type { QueryOptions, Row } from './engine.ts';
import type { TenantLake } from './lake.ts';

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

/** How a copy that is served was made. */
export interface ServedCopy {
  readonly release: number;
  /** Versions of the tables that it took over from an earlier copy, which was compared and found right. Those that are not here were made from nothing. */
  readonly changedFrom: Readonly<Record<string, number>>;
  readonly isCompared: boolean;
}

/**
 * The tenants' serving copies: native DuckDB files made from releases. Each tenant has an instance of its own that can
 * open nothing but that tenant's folder; it is opened when needed and closed when idle. Gold tables are named without a
 * schema. Roll-up schemas (`<name>_r<release>`) are dropped when their release is no longer kept.
 */
export interface Serving {
  /** Makes the release's file where absent: gold tables with TIMESTAMP in UTC instead of TIMESTAMPTZ, sorted by time; then serves it. */
  build(lake: TenantLake, release: Release): Promise<void>;
  /** How the copy that is served was made; undefined before the first. */
  copy(tenant: Tenant): ServedCopy | undefined;
  /** Says that the release's copy was compared with it, so that the next one is changed from it, and need be compared only where it differs. */
  trust(tenant: Tenant, release: number): Promise<void>;
  /** Takes a copy that is not its release out of service: the one before answers again, and the next build makes it anew. */
  distrust(tenant: Tenant, release: number): Promise<void>;
  /** Serves the tenant no more: its instance is closed, and questions are NOT_SERVED until a release is built. Its files are left. */
  drop(tenant: Tenant): Promise<void>;
  /** The release that the tenant is served from, or undefined before the first. */
  serving(tenant: Tenant): Release | undefined;
  /** Runs one select on the tenant's copy; SQL cannot name another tenant's. QUERY_REFUSED for any other statement, NOT_SERVED before the first release. */
  query(tenant: Tenant, sql: string, options?: ServingQueryOptions): Promise<Row[]>;
  /**
   * Runs one select of our own on the file of a release that is still kept; the tenant's instance, which costs some 60 ms to open, is left as it is.
   * QUERY_REFUSED and NOT_SERVED as above. Never for somebody's question: nothing but the kind of statement holds it in.
   */
  inspect(tenant: Tenant, sql: string, release: number): Promise<Row[]>;
  close(): void;
}
