// Where copies are made and compared: one instance for all tenants, in which a copy's file is attached for as long as that takes. An instance for each would cost more than the work (measured: 30 ms against 9).
import { withAttached } from './attach.ts';
import { type DuckDBConnection, DuckDBInstance } from './duckdb.ts';

export interface Workshop {
  /** Runs `work` on a connection that finds tables in the file, made where absent. Only our own statements come here: a question of somebody's is for the tenant's instance, which can reach nothing else. */
  on<T>(path: string, how: 'make' | 'read', work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** Opens nothing until there is work. `spill` is the folder for what does not fit into `memoryLimit`. */
export function createWorkshop({ memoryLimit, spill }: { memoryLimit: string; spill: string }): Workshop {
  let opening: Promise<DuckDBInstance> | undefined;
  let attached = 0;
  const open = async () => {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: memoryLimit,
      // As the engine has.
      threads: '1',
      temp_directory: spill,
      enable_external_file_cache: 'false',
      autoinstall_known_extensions: 'false',
    });
    const first = await instance.connect();
    await first.run("set global TimeZone = 'UTC'");
    first.closeSync();
    return instance;
  };
  return {
    async on(path, how, work) {
      opening ??= open();
      const connection = await (await opening).connect();
      try {
        const file = { path, name: `copy_${++attached}`, readOnly: how === 'read' };
        return await withAttached(connection, file, () => work(connection));
      } finally {
        connection.closeSync();
      }
    },
    close() {
      void opening?.then((instance) => instance.closeSync());
      opening = undefined;
    },
  };
}
