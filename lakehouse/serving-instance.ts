// One tenant's DuckDB instance: release files attached read-only, a writable scratch database for roll-ups, and nothing else within reach.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connections, createConnections } from './connections.ts';
import { type DuckDBConnection, DuckDBInstance } from './duckdb.ts';
import { servingMacros } from './serving-macros.ts';
import { ident, text } from './sql-text.ts';

export interface InstanceSettings {
  /** The tenant's own serving folder: the only one that the instance can open files in. */
  readonly folder: string;
  readonly memoryLimit: string;
  readonly threads: number;
  readonly connections: number;
}

export interface ServingInstance {
  /** Attaches a release's file; from then on connections for it can be had. */
  attach(release: number): Promise<void>;
  has(release: number): boolean;
  /** Connections that see the release's tables without a schema's name, and make roll-ups in the scratch database. */
  on(release: number): Connections;
  /** Lets go of a release once its last query has ended, and drops the roll-ups made of it. */
  retire(release: number): Promise<void>;
  close(): void;
}

const alias = (release: number): string => `release_${release}`;
const scratch = 'scratch';

/** Opens the scratch database; one that cannot be read is derived data, and is made anew. */
async function openScratch(settings: InstanceSettings): Promise<DuckDBInstance> {
  const path = join(settings.folder, `${scratch}.duckdb`);
  const limits = {
    memory_limit: settings.memoryLimit,
    threads: String(settings.threads),
    temp_directory: join(settings.folder, 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  };
  try {
    return await DuckDBInstance.create(path, limits);
  } catch (error) {
    // A lock is another process at work on the very same file, not damage.
    if (error instanceof Error && /lock/i.test(error.message)) throw error;
    await rm(path, { force: true });
    await rm(`${path}.wal`, { force: true });
    return DuckDBInstance.create(path, limits);
  }
}

/** Shuts everything but the tenant's folder away, for good: the last line cannot be undone in a running instance. */
async function confine(connection: DuckDBConnection, folder: string): Promise<void> {
  await connection.run("set global TimeZone = 'UTC'");
  await connection.run(`set allowed_directories = [${text(`${folder}/`)}]`);
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
}

export async function openServingInstance(settings: InstanceSettings): Promise<ServingInstance> {
  const instance = await openScratch(settings);
  const control = await instance.connect();
  for (const [name, body] of Object.entries(servingMacros)) {
    await control.run(`create or replace macro main.${name}${body}`);
  }
  await confine(control, settings.folder);
  const pools = new Map<number, Connections>();

  const openFor = (release: number) => async () => {
    const connection = await instance.connect();
    // Of the connection, not of the configuration, hence possible in spite of the lock. Roll-ups are made in the first.
    await connection.run(`set search_path = '${scratch}.main,${alias(release)}.main'`);
    return connection;
  };

  async function dropRollupsOf(release: number): Promise<void> {
    const found = await control.runAndReadAll(
      `select schema_name from duckdb_schemas() where database_name = '${scratch}' and schema_name like '%\\_r${release}' escape '\\'`,
    );
    for (const [schema] of found.getRows()) {
      await control.run(`drop schema if exists ${scratch}.${ident(String(schema))} cascade`);
    }
  }

  async function dropOrphanRollups(): Promise<void> {
    const found = await control.runAndReadAll(
      `select distinct regexp_extract(schema_name, '_r(\\d+)$', 1)::bigint from duckdb_schemas()
       where database_name = '${scratch}' and regexp_matches(schema_name, '_r\\d{1,9}$')`,
    );
    for (const [release] of found.getRows()) {
      if (!pools.has(Number(release))) await dropRollupsOf(Number(release));
    }
  }

  return {
    has: (release) => pools.has(release),
    async attach(release) {
      if (pools.has(release)) return;
      const path = join(settings.folder, `${release}.duckdb`);
      await control.run(`attach ${text(path)} as ${alias(release)} (read_only)`);
      pools.set(release, createConnections(openFor(release), settings.connections));
      // Those of releases that were let go of while no instance was open.
      await dropOrphanRollups();
    },
    on(release) {
      const pool = pools.get(release);
      if (pool === undefined) throw new Error(`release ${release} is not attached`);
      return pool;
    },
    async retire(release) {
      const pool = pools.get(release);
      if (pool === undefined) return;
      pools.delete(release);
      await pool.drained();
      pool.close();
      await dropRollupsOf(release);
      await control.run(`detach ${alias(release)}`);
    },
    close() {
      for (const pool of pools.values()) pool.close();
      control.closeSync();
      instance.closeSync();
    },
  };
}
