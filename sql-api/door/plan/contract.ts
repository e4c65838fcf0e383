// What the planner makes of a client's text: which semantic rows it reads, and the twin text into which they enter. Pure data and functions.
import type { Query } from '@tessera/security';
import type { ColumnType, SemanticView } from '../contract.ts';

export interface PlanOptions {
  readonly views: readonly SemanticView[];
  /** Most rows that one read may bring; one more is asked for, and 54000 raised where it comes. */
  readonly maxRows: number;
}

/** Statement by statement, in the order of the text. `select` includes VALUES, TABLE and SELECT INTO. */
export type StatementKind =
  | 'select'
  | 'create-temp'
  | 'declare'
  | 'explain'
  | 'prepare'
  | 'execute'
  | 'deallocate'
  | 'discard'
  | 'set'
  | 'show'
  | 'transaction'
  | 'fetch'
  | 'close'
  | 'drop'
  | 'temp-write';

export interface PlannedStatement {
  readonly kind: StatementKind;
  /** Where the statement lies in the client's text, in characters; without its semicolon. */
  readonly start: number;
  readonly end: number;
  /** The reads of this statement are `reads[firstRead] … reads[firstRead + readCount - 1]`. */
  readonly firstRead: number;
  readonly readCount: number;
  /** `prepare`, `execute`, `deallocate`, `declare`: the name that SQL gives it. */
  readonly name?: string | undefined;
  /** `prepare`: declared parameter types as written. `execute`: the arguments as SQL text. */
  readonly args?: readonly string[] | undefined;
  /** `prepare` and `explain`: the statement inside, in characters of the client's text. */
  readonly inner?: { readonly start: number; readonly end: number } | undefined;
  readonly explain?: { readonly analyze: boolean; readonly format: 'text' | 'json' | 'xml' | 'yaml' } | undefined;
  /** `set`: the name of the setting in lower case, and its value where it is plain. */
  readonly setting?: { readonly name: string; readonly value: string | undefined } | undefined;
}

/** One array parameter of the twin: a column of the answer. */
export interface FetchedColumn {
  /** Column of the view. */
  readonly name: string;
  /** Name of the answer's column: `devices.platform`, `auth_attempts.started_on.month`. */
  readonly member: string;
  /** Type of the array's elements. */
  readonly type: ColumnType;
}

/** A parameter's value in its text form (times and numbers as PostgreSQL prints them with DateStyle ISO), or null. */
export type ParamValue = string | null;

export interface ReadQuery {
  readonly query: Query;
  /** Asked with `ungrouped: true`; needs the action rows.raw. */
  readonly ungrouped: boolean;
  /** No rows, whatever the data (LIMIT 0): bind empty arrays and do not ask. */
  readonly empty: boolean;
  /** The answer is refused with SQL_TOO_MANY_ROWS where it has this many rows or more; undefined where the client's own LIMIT is what cut it. */
  readonly refuseAt: number | undefined;
  /** Answer's column that says how often its row is repeated (PostgreSQL does it): their sum is refused above this many. */
  readonly repeats?: { readonly member: string; readonly refuseAbove: number } | undefined;
  /** Answer's columns that must tell its rows apart, or the join repeats rows of the view that they are looked up for. */
  readonly key?: readonly string[] | undefined;
  /** Present where only work row by row is left to PostgreSQL, and the answer may have many rows. */
  readonly large?: LargeQuery | undefined;
}

/** The answer in parts: each part alone goes through the statement, and what comes out one after the other is the statement's result. */
export interface LargeQuery {
  /** Without a limit. */
  readonly query: Query;
  /** What to ask first, in one piece: where it has this many rows (or repeats add up to as many), the answer is taken in parts. */
  readonly first: Query;
  readonly fromRows: number;
  /** Rows of the result that the client wants; undefined: all. */
  readonly wanted: number | undefined;
  /** Rows of the answer that are enough for it, where that is known before. */
  readonly enough: number | undefined;
}

/** One use of a view. */
export interface ViewRead {
  readonly view: string;
  readonly columns: readonly FetchedColumn[];
  /**
   * The question, once values are known: of `$1 …`, and of the probe's columns where there is one.
   * @throws Fault 22P02, 54000, 0A000
   */
  query(params: readonly ParamValue[], probed: readonly ParamValue[]): ReadQuery;
}

export interface TwinText {
  readonly text: string;
  /** Where a position of the twin (1-based, characters) lies in the client's text. */
  position(at: number): number;
}

export interface Planned {
  readonly statements: readonly PlannedStatement[];
  readonly reads: readonly ViewRead[];
  /** Highest `$n` of the client's own; the twin's arrays come behind it. */
  readonly paramCount: number;
  /**
   * `select (…)::text, …` over constant expressions of the filters (now() - interval '7 days', $1::date + 1): to be run in the client's session,
   * with its parameters (same numbers and types as the shadow's), before `query` is called. One row of texts. Undefined: nothing to ask, pass [].
   */
  readonly probe: string | undefined;
  /** To be asked behind the probe, whose values they follow in `probed`; of the same release as the reads, or the answer is not shown. */
  readonly choices: readonly Choice[];
  /**
   * The client's text with every view replaced by rows, everything else byte for byte.
   * @param array SQL of the array that holds a column: `$3::text[]` in the extended protocol, a literal in the simple one.
   * With `part`, only that statement (for SQL PREPARE, cursors, EXPLAIN).
   */
  twin(
    array: (read: number, column: number) => string,
    part?: { readonly start: number; readonly end: number },
  ): TwinText;
  /** True where the text must be edited although nothing semantic is read (pg_database → door.pg_database). */
  readonly edited: boolean;
}

/** A condition on one dimension that PostgreSQL decides: it is given the dimension's values, and those that it takes become a filter. */
export interface Choice {
  /** Its one column: the values, without NULL perhaps. */
  readonly read: ViewRead;
  /** One row with one text, the values that meet the condition as a JSON list. `array`: SQL of the values; the client's parameters have their own numbers. */
  text(array: string): string;
}

/** @throws Fault with the SQLSTATE, position and hint that the client is to see. Nothing else is ever thrown. */
export type PlanSql = (sql: string, options: PlanOptions) => Planned;
