// The SQL engine that builds tables: one DuckDB instance in memory with limits of memory, threads and time.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createConnections } from './connections.ts';
import type { Engine, EngineSession, QueryOptions, Row } from './contract.ts';
import { type DuckDBConnection, DuckDBInstance, type DuckDBMaterializedResult } from './duckdb.ts';
import { engineFault, runStatement } from './statement.ts';
import { plainValue } from './values.ts';

export interface EngineSettings {
  /** As DuckDB writes it, for example 512MB. */
  readonly memoryLimit?: string;
  /** For spilling and for files that are being made; made where absent. */
  readonly scratch: string;
  /** Limit of every statement that brings none of its own. */
  readonly timeoutMs?: number;
}

export async function plainRows(result: DuckDBMaterializedResult): Promise<Row[]> {
  const names = result.deduplicatedColumnNames();
  const rows: Row[] = [];
  for (const chunk of await result.fetchAllChunks()) {
    for (const values of chunk.getRows()) {
      const row: Row = {};
      names.forEach((name, i) => {
        row[name] = plainValue(values[i] ?? null) as Row[string];
      });
      rows.push(row);
    }
  }
  return rows;
}

/** An instance in memory that builds: tables of the lake, and serving copies. Times are UTC; what does not fit into the limit goes to the folder `spill`. */
export async function openBuilder(memoryLimit: string, spill: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    // A second one takes a fifth more CPU for what mostly are small statements, and other tenants' runs have use for that core.
    threads: '1',
    temp_directory: spill,
    // What was read of one tenant's files would lie in memory, up to the limit, until another's statement wants it; the system keeps files as well.
    enable_external_file_cache: 'false',
    // Nothing is ever fetched from the network on demand.
    autoinstall_known_extensions: 'false',
  });
  const first = await instance.connect();
  await first.run("set global TimeZone = 'UTC'");
  first.closeSync();
  return instance;
}

/** Opens an engine. Times are UTC whatever the machine's zone is; statements with bad SQL are QUERY_FAILED, over-long ones QUERY_TIMEOUT, over-large ones QUERY_TOO_LARGE. */
export async function createEngine(settings: EngineSettings): Promise<Engine> {
  const scratch = resolve(settings.scratch);
  mkdirSync(scratch, { recursive: true });
  const instance = await openBuilder(settings.memoryLimit ?? '512MB', `${scratch}/spill`);
  const connections = createConnections(() => instance.connect(), 4);
  const withLimit = (options: QueryOptions | undefined): QueryOptions =>
    settings.timeoutMs === undefined ? (options ?? {}) : { timeoutMs: settings.timeoutMs, ...options };

  const sessionOn = (connection: DuckDBConnection): EngineSession => ({
    query: async (sql, options) => plainRows(await runStatement(connection, sql, withLimit(options))),
    run: async (sql) => void (await runStatement(connection, sql, withLimit(undefined))),
  });

  return {
    scratch,
    query: (sql, options) => connections.lend((connection) => sessionOn(connection).query(sql, options)),
    async session(work) {
      // A connection of its own, closed at the end: temp tables die with it.
      const connection = await instance.connect().catch((error: unknown) => {
        throw engineFault(error);
      });
      try {
        return await work(sessionOn(connection));
      } finally {
        connection.closeSync();
      }
    },
    close() {
      connections.close();
      instance.closeSync();
    },
  };
}
