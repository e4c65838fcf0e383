// Rows of one statement as they come, column by column: for answers that nobody should hold whole.

import { Fault, type Tenant } from '@tessera/base';
import type { SqlValue } from './contract.ts';
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBResult,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from './duckdb.ts';
import { readStatements, type ServingDoor } from './serving.ts';
import { prepareAllowed, withinLimits } from './statement.ts';
import { cubeValue } from './values.ts';

/**
 * Some rows of an answer: the values of each column, in the order of the statement's columns. They are Cube's, but for times, which are Dates, and
 * for numbers that JavaScript holds exactly: text would be written here only to be read again.
 */
export interface ColumnPart {
  readonly names: readonly string[];
  readonly values: readonly (readonly unknown[])[];
  readonly rows: number;
}

export interface StreamOptions {
  readonly release?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of the engine's own work; the time that the asker takes between two parts is not counted. */
  readonly timeoutMs?: number | undefined;
}

/** The engine gives 2,048 rows at a time; fewer, larger parts cost less on their way. */
const rowsOfPart = 8_192;

/**
 * Reads with one connection, which is held until the last part is taken or the asker returns. QUERY_REFUSED for anything but a read, QUERY_TIMEOUT,
 * QUERY_CANCELLED by the signal.
 */
export async function* streamColumns(
  serving: Pick<ServingDoor, 'hold'>,
  tenant: Tenant,
  sql: string,
  values: readonly SqlValue[],
  options: StreamOptions = {},
): AsyncGenerator<ColumnPart, void, undefined> {
  const lent = Promise.withResolvers<DuckDBConnection>();
  const over = Promise.withResolvers<void>();
  const held = serving.hold(
    tenant,
    (connection) => {
      lent.resolve(connection);
      return over.promise;
    },
    options.release,
  );
  held.catch(lent.reject);
  try {
    yield* partsOf(await lent.promise, sql, values, options);
  } finally {
    over.resolve();
    await held.catch(() => {});
  }
}

async function* partsOf(
  connection: DuckDBConnection,
  sql: string,
  values: readonly SqlValue[],
  { signal, timeoutMs }: StreamOptions,
): AsyncGenerator<ColumnPart, void, undefined> {
  let left = timeoutMs;
  async function within<T>(work: () => Promise<T>): Promise<T> {
    if (left !== undefined && left <= 0) throw new Fault('QUERY_TIMEOUT', { timeoutMs: timeoutMs ?? 0 });
    const started = performance.now();
    const limits = { ...(left === undefined ? {} : { timeoutMs: left }), ...(signal ? { signal } : {}) };
    try {
      return await withinLimits(connection, limits, work);
    } finally {
      if (left !== undefined) left -= performance.now() - started;
    }
  }
  const prepared = await within(() => prepareAllowed(connection, sql, readStatements, values));
  try {
    const result = await within(() => prepared.stream());
    const names = result.columnNames();
    for (;;) {
      const chunks = await within(() => someChunks(result));
      if (chunks.length === 0) return;
      yield { names, ...joined(names.length, chunks) };
    }
  } finally {
    prepared.destroySync();
  }
}

async function someChunks(result: DuckDBResult): Promise<DuckDBDataChunk[]> {
  const chunks: DuckDBDataChunk[] = [];
  for (let rows = 0; rows < rowsOfPart; ) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    chunks.push(chunk);
    rows += chunk.rowCount;
  }
  return chunks;
}

function joined(columns: number, chunks: readonly DuckDBDataChunk[]): Omit<ColumnPart, 'names'> {
  return {
    rows: chunks.reduce((sum, { rowCount }) => sum + rowCount, 0),
    values: Array.from({ length: columns }, (_, i) => {
      const values: unknown[] = [];
      for (const chunk of chunks) chunk.visitColumnValues(i, (value) => values.push(plain(value)));
      return values;
    }),
  };
}

/** Whole milliseconds, as Cube tells them. Those that never come have no Date. */
function time(micros: bigint): unknown {
  const near = Number(micros);
  if (!Number.isSafeInteger(near)) return String(micros);
  const rest = near % 1000;
  return new Date((near - rest) / 1000 - (rest < 0 ? 1 : 0));
}

function plain(value: DuckDBValue): unknown {
  if (typeof value === 'bigint') return exact(Number(value)) ?? String(value);
  if (typeof value === 'number') return exact(value) ?? String(value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return time(value.micros);
  return cubeValue(value ?? null);
}

const exact = (value: number): number | undefined => (Number.isSafeInteger(value) ? value + 0 : undefined);
