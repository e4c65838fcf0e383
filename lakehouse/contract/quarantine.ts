// Records that could not be taken, and what a person made of them.
import type { SourceName } from '@tessera/base';

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
