// Which release each tenant is served from, and the life of the instances that serve them.
import { createHash, createHmac } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type DuckDBConnection, type DuckDBMaterializedResult, StatementType } from '@duckdb/node-api';
import { Fault, type Tenant } from '@tessera/base';
import type { QueryOptions, Release, Serving, ServingQueryOptions, TenantLake } from './contract.ts';
import { plainRows } from './engine.ts';
import { parseRelease } from './releases.ts';
import { buildServingFile, type ServedTables } from './serving-file.ts';
import { openServingInstance, type ServingInstance } from './serving-instance.ts';
import { engineFault, runAllowed } from './statement.ts';

export interface ServingSettings {
  /** Holds a folder for each tenant: `<folder>/tenant-<id>/<release>.duckdb`. */
  readonly folder: string;
  /** Of each tenant's instance. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly timeoutMs?: number;
  /** Connections for each tenant's release. */
  readonly connections?: number;
  /** An instance that nobody asked for this long is closed; the next question opens it again. */
  readonly idleMs?: number;
  /** Of the copies that are open at a time, all tenants together: beyond it those that nobody asked for the longest are closed, since each keeps in memory what was read of it. */
  readonly mostOpenBytes?: number;
  /** Gold tables with their columns. */
  readonly tables?: ServedTables;
  /** Keys the tokens of a tenant's personal columns; without it copies have no token columns. */
  readonly maskKeyOf?: (tenant: Tenant) => Promise<Uint8Array>;
}

/** What Cube's driver needs besides: other values for the same rows, and statements that make roll-ups. */
export interface ServingDoor extends Serving {
  /** Of one statement, where nothing else is said. */
  readonly timeoutMs: number | undefined;
  /** Runs one statement of a kind in `allowed` and renders its result while the connection is held. */
  run<T>(
    tenant: Tenant,
    sql: string,
    allowed: ReadonlySet<StatementType>,
    render: (result: DuckDBMaterializedResult) => Promise<T>,
    options?: ServingQueryOptions,
  ): Promise<T>;
  /** Holds a connection as long as `work` runs. */
  hold<T>(tenant: Tenant, work: (connection: DuckDBConnection) => Promise<T>, release?: number): Promise<T>;
}

export const readStatements: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/** Of one tenant. Its steps run one after another, so that opening, switching and closing never meet. */
interface Seat {
  releases: Release[];
  instance: ServingInstance | undefined;
  usedAt: number;
  /** Of the open instance: its copies, and what it is besides. */
  bytes: number;
  /** Questions being answered or waiting for the instance to open; while there are any it is not closed. */
  asking: number;
  turn: Promise<unknown>;
}

const kept = 2;
/** An instance with nothing in it. */
const instanceBytes = 2 * 1024 * 1024;

/** Opens nothing until a release is built or asked for. */
export function createServing(settings: ServingSettings): ServingDoor {
  const root = resolve(settings.folder);
  const limits = { memoryLimit: settings.memoryLimit ?? '512MB', threads: settings.threads ?? 2 };
  const mostOpenBytes = settings.mostOpenBytes ?? 256 * 1024 * 1024;
  const tables = settings.tables ?? {};
  const maskKey = async (tenant: Tenant) => settings.maskKeyOf?.(tenant);
  /** Of the tables and of the key behind their tokens (told by a hash that is made of it for nothing else). */
  async function signatureOf(tenant: Tenant): Promise<string> {
    const key = await maskKey(tenant);
    const told = createHash('sha256').update(JSON.stringify(tables));
    if (key !== undefined) told.update(createHmac('sha256', key).update('serving-file').digest());
    return told.digest('hex').slice(0, 16);
  }
  const seats = new Map<Tenant, Seat>();
  const folderOf = (tenant: Tenant) => join(root, `tenant-${tenant}`);
  const fileOf = (tenant: Tenant, release: number) => join(folderOf(tenant), `${release}.duckdb`);
  const noteOf = (tenant: Tenant, release: number) => join(folderOf(tenant), `${release}.json`);

  const seatOf = (tenant: Tenant): Seat => {
    const known = seats.get(tenant) ?? {
      releases: [],
      instance: undefined,
      usedAt: 0,
      bytes: 0,
      asking: 0,
      turn: Promise.resolve(),
    };
    seats.set(tenant, known);
    return known;
  };
  function inTurn<T>(seat: Seat, work: () => Promise<T>): Promise<T> {
    const mine = seat.turn.then(work, work);
    seat.turn = mine.catch(() => {});
    return mine;
  }

  /** A file counts only with its note, and only if it was made for the tables that are wanted now. */
  async function isBuilt(tenant: Tenant, release: Release): Promise<boolean> {
    const note = await readFile(noteOf(tenant, release.number), 'utf8').catch(() => undefined);
    if (note === undefined) return false;
    return (JSON.parse(note) as { signature?: unknown }).signature === (await signatureOf(tenant));
  }

  async function make(lake: TenantLake, release: Release, before: Release | undefined): Promise<void> {
    const { tenant } = lake;
    const usable = before !== undefined && before.number < release.number && (await isBuilt(tenant, before));
    const earlier = usable ? { path: fileOf(tenant, before.number), release: before } : undefined;
    const path = fileOf(tenant, release.number);
    await mkdir(folderOf(tenant), { recursive: true });
    await rm(noteOf(tenant, release.number), { force: true });
    await buildServingFile({ ...limits, tables, lake, release, path, earlier, maskKey: await maskKey(tenant) });
    const note = `${noteOf(tenant, release.number)}.partial`;
    await writeFile(note, JSON.stringify({ signature: await signatureOf(tenant), release }));
    await rename(note, noteOf(tenant, release.number));
  }

  /** The newest release whose file lies there, to make the next from after a restart. */
  async function builtBefore(tenant: Tenant, release: Release): Promise<Release | undefined> {
    const names = await readdir(folderOf(tenant)).catch(() => []);
    const numbers = names.flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
    const newest = Math.max(0, ...numbers.filter((number) => number < release.number));
    const note = newest === 0 ? undefined : await readFile(noteOf(tenant, newest)).catch(() => undefined);
    if (note === undefined) return undefined;
    const stored = JSON.parse(note.toString()) as { release: unknown };
    return parseRelease(new TextEncoder().encode(JSON.stringify(stored.release)));
  }

  async function removeFiles(tenant: Tenant, keep: readonly Release[]): Promise<void> {
    const numbers = new Set(keep.map((release) => release.number));
    for (const name of await readdir(folderOf(tenant))) {
      const number = /^(\d+)\.(duckdb|duckdb\.wal|json)$/.exec(name)?.[1];
      const old = number !== undefined && !numbers.has(Number(number));
      if (old || name.startsWith('.making-')) await rm(join(folderOf(tenant), name), { force: true, recursive: true });
    }
  }

  async function opened(tenant: Tenant, seat: Seat): Promise<ServingInstance> {
    if (seat.instance !== undefined) return seat.instance;
    return inTurn(seat, async () => {
      seat.instance ??= await openServingInstance({
        ...limits,
        folder: folderOf(tenant),
        connections: settings.connections ?? 4,
      }).catch((error: unknown) => {
        throw engineFault(error);
      });
      for (const release of seat.releases) await seat.instance.attach(release.number);
      await weigh(tenant, seat);
      makeRoom();
      return seat.instance;
    });
  }

  async function weigh(tenant: Tenant, seat: Seat): Promise<void> {
    const sizes = seat.releases.map(async ({ number }) => (await stat(fileOf(tenant, number))).size);
    seat.bytes = (await Promise.all(sizes)).reduce((all, size) => all + size, instanceBytes);
  }
  function makeRoom(): void {
    const open = [...seats.values()].filter(({ instance }) => instance !== undefined);
    let bytes = open.reduce((all, seat) => all + seat.bytes, 0);
    for (const seat of open.toSorted((a, b) => a.usedAt - b.usedAt)) {
      if (bytes <= mostOpenBytes) return;
      if (seat.asking > 0) continue;
      bytes -= seat.bytes;
      void closeWhere(seat, () => seat.asking === 0);
    }
  }
  const closeWhere = (seat: Seat, may: () => boolean) =>
    inTurn(seat, async () => {
      if (!may()) return;
      seat.instance?.close();
      seat.instance = undefined;
    });

  async function hold<T>(tenant: Tenant, work: (connection: DuckDBConnection) => Promise<T>, wanted?: number) {
    const seat = seats.get(tenant);
    if (seat?.releases[0] === undefined) throw new Fault('NOT_SERVED', { tenant });
    seat.asking++;
    try {
      const instance = await opened(tenant, seat);
      const release = wanted !== undefined && instance.has(wanted) ? wanted : seat.releases[0].number;
      return await instance.on(release).lend(work);
    } finally {
      seat.asking--;
      seat.usedAt = performance.now();
    }
  }

  const idleMs = settings.idleMs ?? 600_000;
  const isIdle = (seat: Seat) => seat.asking === 0 && performance.now() - seat.usedAt >= idleMs;
  const sweep = setInterval(
    () => {
      for (const seat of seats.values()) {
        if (seat.instance !== undefined && isIdle(seat)) void closeWhere(seat, () => isIdle(seat));
      }
    },
    Math.max(10, Math.min(idleMs / 2, 60_000)),
  );
  // A server that only waits must be able to end.
  sweep.unref();

  const withTimeout = (options: QueryOptions): QueryOptions =>
    settings.timeoutMs === undefined ? options : { timeoutMs: settings.timeoutMs, ...options };

  const run: ServingDoor['run'] = (tenant, sql, allowed, render, options = {}) =>
    hold(
      tenant,
      async (connection) => render(await runAllowed(connection, sql, allowed, withTimeout(options))),
      options.release,
    );

  return {
    async build(lake, release) {
      const { tenant } = lake;
      const seat = seatOf(tenant);
      await inTurn(seat, async () => {
        const newest = seat.releases[0];
        if (newest !== undefined && newest.number >= release.number) return;
        if (!(await isBuilt(tenant, release))) {
          await make(lake, release, newest ?? (await builtBefore(tenant, release)));
        }
        await seat.instance?.attach(release.number);
        const retired = seat.releases.slice(kept - 1);
        seat.releases = [release, ...seat.releases].slice(0, kept);
        for (const old of retired) await seat.instance?.retire(old.number);
        await removeFiles(tenant, seat.releases);
        if (seat.instance) await weigh(tenant, seat);
      });
    },
    async distrust(tenant, release) {
      const seat = seats.get(tenant);
      if (seat === undefined) return;
      await inTurn(seat, async () => {
        await rm(noteOf(tenant, release), { force: true });
        seat.releases = seat.releases.filter(({ number }) => number !== release);
        await seat.instance?.retire(release);
      });
    },
    async drop(tenant) {
      const seat = seats.get(tenant);
      seats.delete(tenant);
      if (seat === undefined) return;
      await inTurn(seat, async () => {
        // Questions that run end; none are taken any more.
        for (const { number } of seat.releases.splice(0)) await seat.instance?.retire(number);
        seat.instance?.close();
        seat.instance = undefined;
      });
    },
    serving: (tenant) => seats.get(tenant)?.releases[0],
    query: (tenant, sql, options) => run(tenant, sql, readStatements, plainRows, options),
    run,
    hold,
    timeoutMs: settings.timeoutMs,
    close() {
      clearInterval(sweep);
      for (const seat of seats.values()) seat.instance?.close();
      seats.clear();
    },
  };
}
