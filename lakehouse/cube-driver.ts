// Cube's driver over one tenant's serving copy. It has no settings and no file: what it can reach is decided by the tenant it is made for.
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { BaseDriver } from '@cubejs-backend/base-driver';
import { Fault, type Tenant } from '@tessera/base';
import { type ColumnPart, streamColumns } from './column-stream.ts';
import type { SqlValue } from './contract.ts';
import { TesseraDuckDbQuery } from './cube-dialect.ts';
import { type DuckDBConnection, type DuckDBDataChunk, type DuckDBMaterializedResult, StatementType } from './duckdb.ts';
import { readStatements, type ServingDoor } from './serving.ts';
import { ident } from './sql-text.ts';
import { engineFault, prepareAllowed } from './statement.ts';
import { cubeValue } from './values.ts';

type CubeRow = Record<string, unknown>;
type Typed = { readonly name: string; readonly type: string };

/** What Cube asks of the engine: selects, and the making and dropping of roll-ups. */
const driverStatements = new Set([...readStatements, StatementType.CREATE, StatementType.DROP]);

/** DuckDB's type → the generic one that Cube tells its clients. */
function genericType(type: string): string {
  const plain = type.toUpperCase().replace(/\(.*/, '');
  return (
    {
      BOOLEAN: 'boolean',
      TINYINT: 'int',
      SMALLINT: 'int',
      INTEGER: 'int',
      BIGINT: 'bigint',
      HUGEINT: 'decimal',
      DECIMAL: 'decimal',
      FLOAT: 'double',
      DOUBLE: 'double',
      DATE: 'timestamp',
      TIMESTAMP: 'timestamp',
      'TIMESTAMP WITH TIME ZONE': 'timestamp',
    }[plain] ?? 'text'
  );
}

const rowsOf = (names: readonly string[], chunk: DuckDBDataChunk): CubeRow[] =>
  chunk.getRows().map((values) => {
    const row: CubeRow = {};
    names.forEach((name, i) => {
      row[name] = cubeValue(values[i] ?? null);
    });
    return row;
  });

async function cubeRows(result: DuckDBMaterializedResult): Promise<CubeRow[]> {
  const names = result.columnNames();
  return (await result.fetchAllChunks()).flatMap((chunk) => rowsOf(names, chunk));
}

const typesOf = (names: readonly string[], types: readonly { toString(): string }[]): Typed[] =>
  names.map((name, i) => ({ name, type: genericType(String(types[i])) }));

const createTableAs = /^\s*create\s+table\s+(\S+)\s+as\s+([\s\S]+)$/i;

class TesseraDriver extends BaseDriver {
  readonly #serving: ServingDoor;
  readonly #tenant: Tenant;
  readonly #release: number | undefined;
  readonly #limits: { readonly timeoutMs?: number };
  /** Roll-ups made here, each with the step at which it was; lists are steps, too. */
  readonly #made = new Map<string, number>();
  #steps = 0;

  constructor(serving: ServingDoor, tenant: Tenant, release: number | undefined, timeoutMs: number | undefined) {
    super();
    this.#limits = timeoutMs === undefined ? {} : { timeoutMs };
    this.#serving = serving;
    this.#tenant = tenant;
    this.#release = release;
  }

  static dialectClass(): typeof TesseraDuckDbQuery {
    return TesseraDuckDbQuery;
  }

  static getDefaultConcurrency(): number {
    return 4;
  }

  /** Runs one statement. The promise has a `cancel`, which Cube calls when nobody waits any more. */
  #run<T>(
    sql: string,
    values: readonly unknown[],
    render: (result: DuckDBMaterializedResult) => Promise<T>,
    limits = this.#limits,
  ) {
    const caller = new AbortController();
    const running = this.#serving.run(this.#tenant, sql, driverStatements, render, {
      params: values as readonly SqlValue[],
      signal: caller.signal,
      ...limits,
      ...this.#pinned(),
    });
    const cancel = async () => {
      caller.abort();
      await running.catch(() => {});
    };
    return Object.assign(running, { cancel });
  }

  #pinned(): { readonly release?: number } {
    return this.#release === undefined ? {} : { release: this.#release };
  }

  override async testConnection(): Promise<void> {
    await this.query('select 1');
  }

  override query<R = unknown>(sql: string, values: unknown[] = []): Promise<R[]> {
    return this.#run(sql, values, async (result) => (await cubeRows(result)) as R[]);
  }

  override downloadQueryResults(sql: string, values: unknown[] = []) {
    return this.#run(sql, values, async (result) => ({
      types: typesOf(result.columnNames(), result.columnTypes()),
      rows: (await cubeRows(result)) as Record<string, string>[],
    }));
  }

  /** Large answers, column by column; for our own doors, Cube knows nothing of it. */
  streamColumns(sql: string, values: readonly unknown[], signal?: AbortSignal): AsyncGenerator<ColumnPart> {
    const { timeoutMs = this.#serving.timeoutMs } = this.#limits;
    const options = { release: this.#release, signal, timeoutMs };
    return streamColumns(this.#serving, this.#tenant, sql, values as readonly SqlValue[], options);
  }

  /** Rows as they come, holding a connection until the stream ends or is let go of. */
  async stream(sql: string, values: unknown[], { highWaterMark }: { readonly highWaterMark: number }) {
    const lent = Promise.withResolvers<DuckDBConnection>();
    const done = Promise.withResolvers<void>();
    const held = this.#serving.hold(
      this.#tenant,
      (connection) => {
        lent.resolve(connection);
        return done.promise;
      },
      this.#release,
    );
    held.catch(lent.reject);
    const connection = await lent.promise;
    try {
      const { result, end } = await startStream(connection, sql, values as readonly SqlValue[]);
      const names = result.columnNames();
      async function* rows() {
        try {
          for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
            yield* rowsOf(names, chunk);
          }
        } finally {
          end();
          done.resolve();
        }
      }
      const rowStream = Readable.from(rows(), { objectMode: true, highWaterMark });
      // A stream that is destroyed before it is read never enters the generator.
      rowStream.once('close', () => done.resolve());
      const types = typesOf(names, result.columnTypes());
      return { rowStream, types, release: async () => void rowStream.destroy() };
    } catch (error) {
      done.resolve();
      throw engineFault(error);
    }
  }

  /**
   * Only the scratch database: roll-ups are there, and gold tables are none of Cube's business here. With those that were made while it was asked:
   * whoever has just made one joins a list that is on its way, and would be told that its own is not there.
   */
  override async getTablesQuery(schema: string) {
    const asked = ++this.#steps;
    const found = await this.query<{ table_name: string }>(
      "select table_name from information_schema.tables where table_catalog = 'scratch' and table_schema = ?",
      [schema],
    );
    const names = new Set(found.map((row) => row.table_name));
    for (const [table, made] of this.#made) {
      const [of, name = ''] = table.split('.');
      if (of === schema && made > asked) names.add(name);
    }
    return [...names].map((table_name) => ({ table_name }));
  }

  /**
   * Nothing: a schema is made with its tables. Cube calls this between looking whether a roll-up is there and ordering it; whoever waits here for the engine
   * orders one again that was made meanwhile, and where both are of one second, which Cube puts into their name, the first is told that its own is not there.
   */
  override async createSchemaIfNotExists(_schema: string): Promise<void> {}

  /** `create table x as <select>` → the same, in a schema that is there, ordered by its first time column: a roll-up in hash order is read twice as slowly. */
  override async loadPreAggregationIntoTable(table: string, loadSql: string, params: unknown[] = []) {
    const [schema = ''] = table.split('.');
    await this.#makeSchema(schema);
    const made = await this.#make(await this.#inOrder(loadSql, params), params);
    this.#made.set(table, ++this.#steps);
    return made;
  }

  async #inOrder(loadSql: string, params: unknown[]): Promise<string> {
    const [, name, select] = createTableAs.exec(loadSql) ?? [];
    if (name === undefined || select === undefined) return loadSql;
    const columns = await this.queryColumnTypes(select, params);
    const time = columns.find((column) => column.type === 'timestamp');
    const order = time === undefined ? '' : ` order by ${ident(time.name)}`;
    return `create table ${name} as select * from (${select}) as rollup${order}`;
  }

  /** The first roll-ups of a release are made at once, and DuckDB lets one of them make the schema: the others ask again. */
  async #makeSchema(schema: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.query(`create schema if not exists scratch.${ident(schema)}`);
        return;
      } catch (error) {
        if (attempt === conflictAttempts || !isConflict(error)) throw error;
        await wait(attempt * 10);
      }
    }
  }

  /** A roll-up is ours and not a caller's: the limit of a question does not hold for it. */
  #make(sql: string, values: readonly unknown[]) {
    return this.#run(sql, values, cubeRows, {});
  }

  override async queryColumnTypes(sql: string, _params: unknown[]): Promise<Typed[]> {
    return this.#serving.hold(
      this.#tenant,
      async (connection) => {
        const prepared = await prepareAllowed(connection, sql, readStatements).catch((error: unknown) => {
          throw engineFault(error);
        });
        try {
          const indexes = Array.from({ length: prepared.columnCount }, (_, i) => i);
          return typesOf(
            indexes.map((i) => prepared.columnName(i)),
            indexes.map((i) => prepared.columnType(i)),
          );
        } finally {
          prepared.destroySync();
        }
      },
      this.#release,
    );
  }

  override async tableColumnTypes(table: string): Promise<Typed[]> {
    const [schema = '', name = ''] = table.split('.');
    const found = await this.query<{ column_name: string; data_type: string }>(
      `select column_name, data_type from information_schema.columns
       where table_catalog = 'scratch' and table_schema = ? and table_name = ? order by ordinal_position`,
      [schema, name],
    );
    return found.map((column) => ({ name: column.column_name, type: genericType(column.data_type) }));
  }

  override async dropTable(table: string): Promise<unknown> {
    this.#made.delete(table);
    const [schema = '', name = ''] = table.split('.');
    return this.query(`drop table if exists scratch.${ident(schema)}.${ident(name)}`);
  }
}

const conflictAttempts = 10;
const isConflict = (error: unknown) =>
  error instanceof Fault && /write-write conflict/.test(String((error.cause as Error | undefined)?.message));

async function startStream(connection: DuckDBConnection, sql: string, values: readonly SqlValue[]) {
  const prepared = await prepareAllowed(connection, sql, readStatements, values);
  const result = await prepared.stream();
  return { result, end: () => prepared.destroySync() };
}

/** A driver for one tenant. With a release it answers from that one as long as it is kept, whatever is served meanwhile; questions are stopped after `timeoutMs`, or after the serving door's own time. */
export function createCubeDriver(
  serving: ServingDoor,
  tenant: Tenant,
  release?: number,
  timeoutMs?: number,
): BaseDriver {
  return new TesseraDriver(serving, tenant, release, timeoutMs);
}
