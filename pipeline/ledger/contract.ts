// What the conservation ledger says: one line for each hop, object and day, where every row that went in came out or has a reason not to.
import type { SourceName, Tenant } from '@tessera/base';
import type { PagesChecksum } from '@tessera/ingest';

export const hops = ['source-raw', 'raw-bronze', 'bronze-silver', 'silver-gold', 'gold-served'] as const;
export type Hop = (typeof hops)[number];

export interface LedgerLine {
  readonly hop: Hop;
  /** Where the rows came from; null for a table of several sources. */
  readonly source: SourceName | null;
  /** Stream, or the model that the hop ends in. */
  readonly object: string;
  /** UTC day of the event, or of the receipt where a row is a version of something. */
  readonly date: string;
  readonly from: number;
  readonly to: number;
  /** Rows of `from` that are not in `to`, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Rows that `to` has of itself, by reason: what a census says, for example. */
  readonly added: Readonly<Record<string, number>>;
  /** from + added - reasons - to: positive for what was lost, negative for what came twice. */
  readonly unexplained: number;
  /** `changed`: as many rows as there should be, and not the same. */
  readonly problem: 'lost' | 'doubled' | 'changed' | null;
  /** Order-independent checksums of the rows that should be there, and of those that are. */
  readonly expected: string;
  readonly found: string;
}

export interface LedgerEntry {
  readonly tenant: Tenant;
  readonly run: string;
  readonly at: string;
  readonly balanced: boolean;
  readonly lines: readonly LedgerLine[];
}

/** What keeps releases from being made. */
export interface OpenLedger {
  /** Run that found it first. */
  readonly run: string;
  readonly since: string;
  readonly lines: readonly LedgerLine[];
  /** Pages that a later run looks at again: references by stream. */
  readonly pages: readonly OpenPages[];
}
export interface OpenPages {
  readonly source: SourceName;
  readonly stream: string;
  readonly run: string;
  /** As in a fetch: `1-40,42`. */
  readonly toStage: string;
  /** Records that the vendor gave in them. */
  readonly records: number;
  /** Of their bytes as they came; absent where nobody but raw can say. */
  readonly checksum?: PagesChecksum;
}

/** Rows of one side, counted. */
export interface Group {
  readonly day: string;
  readonly reason: string | null;
  readonly rows: number;
  readonly sum: string;
  readonly xor: string;
}
