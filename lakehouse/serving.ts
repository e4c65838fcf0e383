// Which release each tenant is served from, and the life of the instances that serve them.
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault, type Tenant } from '@tessera/base';
import type { QueryOptions, Release, ServedCopy, Serving, ServingQueryOptions, TenantLake } from './contract.ts';
import { type DuckDBConnection, type DuckDBMaterializedResult, StatementType } from './duckdb.ts';
import { plainRows } from './engine.ts';
import { buildServingFile, type ServedTables } from './serving-file.ts';
import { openServingInstance, type ServingInstance } from './serving-instance.ts';
import { createServingNotes, type ServingNote } from './serving-notes.ts';
import { createWorkshop } from './serving-workshop.ts';
import { engineFault, runAllowed } from './statement.ts';

export interface ServingSettings {
  /** Holds a folder for each tenant: `<folder>/tenant-<id>/<release>.duckdb`. */
  readonly folder: string;
  /** Of each tenant's instance that answers. */
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
  /** How the newest was made. */
  copy: ServedCopy | undefined;
  /** A copy was wrong: the next one is made from nothing, since what it was changed from may be why. */
  isDistrusted: boolean;
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
  const seats = new Map<Tenant, Seat>();
  const folderOf = (tenant: Tenant) => join(root, `tenant-${tenant}`);
  const fileOf = (tenant: Tenant, release: number) => join(folderOf(tenant), `${release}.duckdb`);
  const notes = createServingNotes(settings, folderOf);
  const workshop = createWorkshop({ memoryLimit: limits.memoryLimit, spill: join(root, '.workshop-spill') });

  const seatOf = (tenant: Tenant): Seat => {
    const known = seats.get(tenant) ?? {
      releases: [],
      copy: undefined,
      isDistrusted: false,
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

  async function make(lake: TenantLake, release: Release, before: number | undefined): Promise<ServingNote> {
    const { tenant } = lake;
    const from = before === undefined || before >= release.number ? undefined : await notes.read(tenant, before);
    const earlier = from?.isCompared && { path: fileOf(tenant, from.release.number), release: from.release };
    const path = fileOf(tenant, release.number);
    await mkdir(folderOf(tenant), { recursive: true });
    await notes.remove(tenant, release.number);
    const maskKey = await settings.maskKeyOf?.(tenant);
    const file = { workshop, tables, lake, release, path, maskKey };
    const changedFrom = await buildServingFile(earlier ? { ...file, earlier } : file);
    return notes.write(tenant, { release, changedFrom });
  }

  /** The newest release whose file lies there, to make the next from after a restart. */
  async function builtBefore(tenant: Tenant, release: Release): Promise<number | undefined> {
    const names = await readdir(folderOf(tenant)).catch(() => []);
    const numbers = names.flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
    return numbers.filter((number) => number < release.number).sort((a, b) => b - a)[0];
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
        const note =
          (await notes.read(tenant, release.number)) ??
          (await make(
            lake,
            release,
            seat.isDistrusted ? undefined : (newest?.number ?? (await builtBefore(tenant, release))),
          ));
        seat.isDistrusted = false;
        await seat.instance?.attach(release.number);
        const retired = seat.releases.slice(kept - 1);
        seat.releases = [release, ...seat.releases].slice(0, kept);
        const { changedFrom, isCompared = false } = note;
        seat.copy = { release: release.number, changedFrom, isCompared };
        for (const old of retired) await seat.instance?.retire(old.number);
        await removeFiles(tenant, seat.releases);
        if (seat.instance) await weigh(tenant, seat);
      });
    },
    copy: (tenant) => seats.get(tenant)?.copy,
    async trust(tenant, release) {
      const seat = seatOf(tenant);
      await inTurn(seat, async () => {
        const note = await notes.read(tenant, release);
        if (note === undefined || seat.copy?.release !== release) return;
        await notes.write(tenant, { ...note, isCompared: true });
        seat.copy = { ...seat.copy, isCompared: true };
      });
    },
    async distrust(tenant, release) {
      const seat = seats.get(tenant);
      if (seat === undefined) return;
      await inTurn(seat, async () => {
        await notes.remove(tenant, release);
        if (seat.copy?.release === release) seat.copy = undefined;
        seat.isDistrusted = true;
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
    async inspect(tenant, sql, wanted) {
      const seat = seats.get(tenant);
      if (seat === undefined) throw new Fault('NOT_SERVED', { tenant });
      return inTurn(seat, async () => {
        const [newest] = seat.releases;
        if (newest === undefined) throw new Fault('NOT_SERVED', { tenant });
        const { number } = seat.releases.find((release) => release.number === wanted) ?? newest;
        return workshop.on(fileOf(tenant, number), 'read', async (connection) =>
          plainRows(await runAllowed(connection, sql, readStatements, withTimeout({}))),
        );
      });
    },
    run,
    hold,
    timeoutMs: settings.timeoutMs,
    close() {
      clearInterval(sweep);
      workshop.close();
      for (const seat of seats.values()) seat.instance?.close();
      seats.clear();
    },
  };
}
