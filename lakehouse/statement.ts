// Runs one statement on a connection: with its limit of time, its interrupt, and DuckDB's errors turned into faults.
import { Fault } from '@tessera/base';
import type { QueryOptions, SqlValue } from './contract.ts';
import {
  type DuckDBConnection,
  type DuckDBMaterializedResult,
  type DuckDBPreparedStatement,
  StatementType,
} from './duckdb.ts';
import { parameter } from './values.ts';

/** Errors whose text holds only the statement's own words; the others quote values of rows. */
const spoken = /^(Binder|Catalog|Parser|Not implemented|Permission|Dependency|Missing Extension) Error:/i;

/** DuckDB's error as a fault; the whole of it stays as the cause. */
export function engineFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('Out of Memory Error')) return new Fault('QUERY_TOO_LARGE', {}, { cause: error });
  const reason = spoken.test(message) ? message.split('\n')[0] : (message.split(':')[0] ?? 'unknown error');
  return new Fault('QUERY_FAILED', { reason: reason ?? 'unknown error' }, { cause: error });
}

const againMs = 100;

/** Keeps `work` within its limits: interrupts the connection after `timeoutMs` (QUERY_TIMEOUT) or by `signal` (QUERY_CANCELLED). */
export async function withinLimits<T>(
  connection: DuckDBConnection,
  { timeoutMs, signal }: QueryOptions,
  work: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw new Fault('QUERY_CANCELLED', {});
  let stopped: Fault | undefined;
  let insisting: NodeJS.Timeout | undefined;
  const stop = (fault: Fault) => {
    stopped ??= fault;
    connection.interrupt();
    // DuckDB forgets an interrupt that comes before the statement has begun, which on a busy machine it may not have.
    insisting ??= setInterval(() => connection.interrupt(), againMs);
  };
  const cancel = () => stop(new Fault('QUERY_CANCELLED', {}));
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => stop(new Fault('QUERY_TIMEOUT', { timeoutMs })), timeoutMs);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await work();
  } catch (error) {
    throw stopped ?? engineFault(error);
  } finally {
    clearTimeout(timer);
    clearInterval(insisting);
    signal?.removeEventListener('abort', cancel);
  }
}

/** Runs `sql`; QUERY_TIMEOUT after `timeoutMs`, QUERY_CANCELLED by `signal`; the connection is usable afterwards. */
export async function runStatement(
  connection: DuckDBConnection,
  sql: string,
  options: QueryOptions = {},
): Promise<DuckDBMaterializedResult> {
  const bound = (options.params ?? []).map(parameter);
  return withinLimits(connection, options, () =>
    bound.length === 0
      ? connection.run(sql)
      : connection.run(
          sql,
          bound.map(([value]) => value),
          bound.map(([, type]) => type),
        ),
  );
}

/** Prepares one statement of one of the `allowed` kinds and binds its parameters; anything else is QUERY_REFUSED before it runs. */
export async function prepareAllowed(
  connection: DuckDBConnection,
  sql: string,
  allowed: ReadonlySet<StatementType>,
  params: readonly SqlValue[] = [],
): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) throw new Fault('QUERY_REFUSED', { kind: `${statements.count} in one` });
  const prepared = await statements.prepare(0);
  const kind = prepared.statementType;
  if (!allowed.has(kind)) {
    prepared.destroySync();
    throw new Fault('QUERY_REFUSED', { kind: StatementType[kind] ?? String(kind) });
  }
  const bound = params.map(parameter);
  if (bound.length > 0) {
    prepared.bind(
      bound.map(([value]) => value),
      bound.map(([, type]) => type),
    );
  }
  return prepared;
}

/** Runs one statement of one of the `allowed` kinds. */
export async function runAllowed(
  connection: DuckDBConnection,
  sql: string,
  allowed: ReadonlySet<StatementType>,
  options: QueryOptions = {},
): Promise<DuckDBMaterializedResult> {
  return withinLimits(connection, options, async () => {
    const prepared = await prepareAllowed(connection, sql, allowed, options.params);
    try {
      return await prepared.run();
    } finally {
      prepared.destroySync();
    }
  });
}
