// Where copies are made and compared: one instance for all tenants, in which a copy's file is attached for as long as that takes. An instance for each would cost more than the work (measured: 30 ms against 9).
import { randomUUID } from 'node:crypto';
import { withAttached } from './attach.ts';
import type { DuckDBConnection, DuckDBInstance } from './duckdb.ts';
import { openBuilder } from './engine.ts';

export interface Workshop {
  /** Runs `work` on a connection that finds tables in the file, made where absent. Only our own statements come here: a question of somebody's is for the tenant's instance, which can reach nothing else. */
  on<T>(path: string, how: 'make' | 'read', work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** Opens nothing until there is work. `spill` is the folder for what does not fit into `memoryLimit`. */
export function createWorkshop({ memoryLimit, spill }: { memoryLimit: string; spill: string }): Workshop {
  let opening: Promise<DuckDBInstance> | undefined;
  const open = () => {
    opening ??= openBuilder(memoryLimit, spill).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    async on(path, how, work) {
      const connection = await (await open()).connect();
      try {
        // Another tenant's may be there at the same time: no statement that was written can name it.
        const file = { path, name: `copy_${randomUUID().replaceAll('-', '')}`, readOnly: how === 'read' };
        return await withAttached(connection, file, () => work(connection));
      } finally {
        connection.closeSync();
      }
    },
    close() {
      // Work that goes on keeps its connection.
      opening?.then((instance) => instance.closeSync()).catch(() => {});
      opening = undefined;
    },
  };
}
