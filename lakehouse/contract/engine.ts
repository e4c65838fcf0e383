// What an SQL engine is: statements with limits, and sessions with temp tables of their own.

/** SQL text with named tables: a select that the engine can run. */
export interface Rows {
  readonly sql: string;
  /** A temp table of the session that holds exactly these rows: a write that finds it in the table's shape does not copy it. */
  readonly temp?: string;
  /** Its columns in order, name → type, where the caller has looked: they are not asked for again. */
  readonly columns?: Readonly<Record<string, string>>;
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
