// What is kept about runs: failed stages, runs, notes that control them, ages of sources, drift.

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
