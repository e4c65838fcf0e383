// What the SQL door needs of the semantic layer, and what its planner makes of a statement. Plain data; the composition root supplies the layer.
import type { Access, Query, Rights } from '@tessera/security';

export type ColumnType = 'text' | 'int8' | 'float8' | 'bool' | 'timestamp' | 'date';

export interface SemanticColumn {
  readonly name: string;
  readonly kind: 'measure' | 'dimension' | 'segment';
  readonly type: ColumnType;
  readonly title: string;
  readonly about: string;
  /** Measures: what combines partial results exactly; undefined where nothing does (percentages, distinct counts, medians). */
  readonly additive?: 'sum' | 'min' | 'max' | undefined;
  /** Measures: the aggregate functions of SQL that mean this measure (`count(x)`, `sum(x)`, …), besides MEASURE(). */
  readonly aggregate?: 'count' | 'count_distinct' | 'sum' | 'avg' | 'min' | 'max' | 'number' | undefined;
  /** Shown as a token; may be selected and grouped by, nothing else. */
  readonly masked?: boolean;
  /** Times: every value is a midnight (the tenant's days), so that days are as exact as instants and roll-ups can answer. */
  readonly wholeDays?: boolean;
}

export interface SemanticView {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly columns: readonly SemanticColumn[];
  /** Dimensions that tell rows apart, where the view has such. */
  readonly primaryKey: readonly string[];
  /** The measure that counts rows, without conditions: what COUNT(*) means. */
  readonly rowCount?: string | undefined;
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    readonly view: string;
    readonly references: readonly string[];
  }[];
}

export interface Answer {
  readonly columns: readonly string[];
  /** Column by column: numbers as decimal text or null, times as `yyyy-mm-ddThh:mm:ss.SSS`, booleans, text. */
  readonly values: readonly (readonly unknown[])[];
  readonly rows: number;
  readonly release: number;
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Rows without aggregation; needs the action `rows.raw`. */
  readonly ungrouped?: boolean;
  /** Address of the caller's connection, for the audit trail. */
  readonly from?: string;
}

/** Rows of an answer: the values of each column, in the order of `columns`, like an Answer's; times may be Dates and whole numbers numbers. */
export interface AnswerPart {
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly rows: number;
}

export interface StreamOptions extends AskOptions {
  /** More rows than these are refused. */
  readonly most: number;
  /** Rows after which no more are wanted; undefined: all are. */
  readonly enough?: number | undefined;
}

/** The same path as REST: rights, gate, rewrite, engine, audit. It throws the faults that REST would answer. */
export interface SemanticLayer {
  rights(access: Access): Rights;
  views(rights: Rights): readonly SemanticView[];
  ask(access: Access, query: Query, options?: AskOptions): Promise<Answer>;
  /** The same in parts, for answers that nobody should hold whole: refused where there are more rows than `most`. The query says no limit. */
  stream(access: Access, query: Query, options: StreamOptions): AsyncIterable<AnswerPart>;
  /** The engine's SQL for the query and the roll-up it reads, for EXPLAIN. */
  explain(
    access: Access,
    query: Query,
    options?: Pick<AskOptions, 'signal' | 'from'>,
  ): Promise<{ readonly sql: string; readonly rollup: string | undefined }>;
  /** Changes when views, columns or the tenant's release do: prepared catalogs are kept under it. */
  version(access: Access): string;
}
