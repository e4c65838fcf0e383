// Runs one statement on a connection: with its limit of time, its interrupt, and DuckDB's errors turned into faults.
import type { DuckDBConnection, DuckDBMaterializedResult } from '@duckdb/node-api';
import { Fault } from '@tessera/base';
import type { QueryOptions } from './contract.ts';
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

/** Runs `sql`; QUERY_TIMEOUT after `timeoutMs`, QUERY_CANCELLED by `signal`; the connection is usable afterwards. */
export async function runStatement(
  connection: DuckDBConnection,
  sql: string,
  options: QueryOptions = {},
): Promise<DuckDBMaterializedResult> {
  const { params = [], timeoutMs, signal } = options;
  if (signal?.aborted) throw new Fault('QUERY_CANCELLED', {});
  let stopped: Fault | undefined;
  const stop = (fault: Fault) => {
    stopped ??= fault;
    connection.interrupt();
  };
  const cancel = () => stop(new Fault('QUERY_CANCELLED', {}));
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => stop(new Fault('QUERY_TIMEOUT', { timeoutMs })), timeoutMs);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    if (params.length === 0) return await connection.run(sql);
    const bound = params.map(parameter);
    return await connection.run(
      sql,
      bound.map(([value]) => value),
      bound.map(([, type]) => type),
    );
  } catch (error) {
    throw stopped ?? engineFault(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}
