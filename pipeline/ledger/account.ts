// What an account of a model is, and the SQL that accounts share.
import type { SourceName } from '@tessera/base';
import type { Hop } from './contract.ts';

/** Gives a select over a table by its name. */
export type Table = (name: string) => string;
export interface ModelAccount {
  readonly hop: Hop;
  readonly source: SourceName | null;
  /** The model. */
  readonly object: string;
  /** Bronze tables whose news it hangs on. */
  readonly roots: readonly string[];
  /** Select of `day`, `reason` (null where the row must be in the model) and `h`, a hash of what both sides have. */
  readonly expected: (table: Table) => string;
  /** Select of `day` and `h`. */
  readonly found: (table: Table) => string;
  /** Column of a gold table that tells the day of a row; without it the table has no days. */
  readonly servedDay?: string;
  /** For events: columns of instants by table, by which only the days that changed are read. */
  readonly instants?: Readonly<Record<string, string>>;
}

export const utcDay = (instant: string) => `strftime(${instant} at time zone 'UTC', '%Y-%m-%d')`;
/** Position among the versions of a key, newest first; deletions apart. */
export const newest = (order: string) => `row_number() over (partition by _key, _deleted order by ${order})`;
export const lastOfKey = 'row_number() over (partition by _key order by ingest_at desc, _page desc)';
export const columns = (select: string, from: string) => `select ${select} from ${from}`;

/** One row each, in other words: every row of the first is in the second. */
export const oneToOne = (
  of: Pick<ModelAccount, 'source' | 'object' | 'roots' | 'instants' | 'servedDay'> & {
    readonly from: readonly string[];
    readonly hash: string;
    readonly day: string;
  },
): ModelAccount => ({
  ...of,
  hop: 'silver-gold',
  expected: (table) =>
    of.from
      .map((name) => columns(`${of.day} as day, null::varchar as reason, hash(${of.hash}) as h`, table(name)))
      .join(' union all '),
  found: (table) => columns(`${of.day} as day, hash(${of.hash}) as h`, table(of.object)),
});

/** The tenant's zone and its running day, as the release knows them. */
export const zone = (table: Table) => `(select max(time_zone) from ${table('dim_tenant')})`;
export const today = (table: Table) =>
  `(select max(cast(as_of at time zone time_zone as date)) from ${table('dim_tenant')})`;
