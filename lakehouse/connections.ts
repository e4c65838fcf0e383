// A few connections of one DuckDB instance, lent one at a time; each runs one statement at once.
import type { DuckDBConnection } from './duckdb.ts';

export interface Connections {
  /** Waits for a free connection, and takes it back when `work` ends. */
  lend<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Resolves when nothing is lent or waiting. */
  drained(): Promise<void>;
  /** Closes those that are free now, and each other one when it comes back. */
  close(): void;
}

/** At most `most` connections, opened when first needed. */
export function createConnections(open: () => Promise<DuckDBConnection>, most: number): Connections {
  const free: DuckDBConnection[] = [];
  const waiting: (() => void)[] = [];
  let onDrained: (() => void)[] = [];
  let lent = 0;
  let closed = false;

  async function take(): Promise<DuckDBConnection> {
    if (lent >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else lent++;
    return free.pop() ?? open();
  }

  /** Hands the turn on; a waiting one takes it over without it being counted anew. */
  function endTurn(): void {
    const next = waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    lent--;
    if (lent > 0) return;
    for (const done of onDrained) done();
    onDrained = [];
  }

  return {
    async lend(work) {
      try {
        const connection = await take();
        try {
          return await work(connection);
        } finally {
          if (closed) connection.closeSync();
          else free.push(connection);
        }
      } finally {
        endTurn();
      }
    },
    drained: () => (lent === 0 ? Promise.resolve() : new Promise((resolve) => onDrained.push(resolve))),
    close() {
      closed = true;
      for (const connection of free.splice(0)) connection.closeSync();
    },
  };
}
