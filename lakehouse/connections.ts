// A few connections of one DuckDB instance, lent one at a time; each runs one statement at once.
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface Connections {
  /** Waits for a free connection, and takes it back when `work` ends. */
  lend<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** True while something is lent or waiting. */
  busy(): boolean;
  close(): void;
}

/** At most `most` connections, opened when first needed. */
export function createConnections(instance: DuckDBInstance, most: number): Connections {
  const free: DuckDBConnection[] = [];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];
  let lent = 0;
  let closed = false;

  async function take(): Promise<DuckDBConnection> {
    const ready = free.pop();
    if (ready !== undefined) {
      lent++;
      return ready;
    }
    if (lent >= most) return new Promise((resolve) => waiting.push(resolve));
    lent++;
    try {
      return await instance.connect();
    } catch (error) {
      lent--;
      throw error;
    }
  }

  function giveBack(connection: DuckDBConnection): void {
    const next = waiting.shift();
    if (next !== undefined) next(connection);
    else {
      lent--;
      if (closed) connection.closeSync();
      else free.push(connection);
    }
  }

  return {
    async lend(work) {
      const connection = await take();
      try {
        return await work(connection);
      } finally {
        giveBack(connection);
      }
    },
    busy: () => lent > 0,
    close() {
      closed = true;
      for (const connection of free.splice(0)) connection.closeSync();
    },
  };
}
