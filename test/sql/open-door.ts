// The whole SQL door in one process: real Cube over DuckDB, the real planner, a real PostgreSQL, signed tokens, two tenants.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Tenant } from '@tessera/base';
import type { AuditEntry, Rights } from '@tessera/security';
import {
  type Accounts,
  createSqlDoor,
  openAccounts,
  planSql,
  type SqlDoor,
  type SqlDoorLimits,
  type SqlDoorNeeds,
} from '@tessera/sql-api';
import pg from 'pg';
import { insertRows } from '../cube/gold-rows.ts';
import { acme, type Backend, type GoldCopy, type Served, serveTenants, type Who } from '../cube/served-tenants.ts';

export interface OpenDoor {
  /** Its files; removed when it closes. */
  readonly folder: string;
  readonly door: SqlDoor;
  readonly served: Served;
  readonly accounts: Accounts;
  /** Sessions that the PostgreSQL behind the door has, as the machine sees them. */
  backends(): Promise<number>;
  /** Lines of the audit trail that the door itself wrote. */
  readonly noted: readonly AuditEntry[];
  /** Tests change what callers may do, the clock by which guessers wait, and by how much that of sessions is ahead. */
  readonly world: { rights: Partial<Rights>; elapsedMs: number; aheadMs: number };
  url(tenant?: Tenant, who?: Who): Promise<string>;
  /** A session of somebody of the tenant. */
  connect(tenant?: Tenant, who?: Who): Promise<pg.Client>;
  close(): Promise<void>;
}

export interface DoorOptions {
  readonly limits?: Partial<SqlDoorLimits>;
  readonly sessionsOf?: (tenant: Tenant) => number;
  readonly fairness?: Backend['fairness'];
  readonly tls?: SqlDoorNeeds['tls'];
  /** Another engine than the in-memory copies. */
  readonly backend?: Backend;
  /** Fills a tenant's gold tables; a handful of rows where a test does not say. */
  readonly fill?: (copy: GoldCopy, tenant: Tenant) => Promise<void>;
}

export async function openDoor({
  limits = {},
  sessionsOf,
  fairness,
  tls,
  backend,
  fill = insertRows,
}: DoorOptions = {}): Promise<OpenDoor> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'tessera-open-door-'));
  const world: OpenDoor['world'] = { rights: {}, elapsedMs: 0, aheadMs: 0 };
  const served = await serveTenants({ ...backend, ...(fairness ? { fairness } : {}) }, () => world.rights);
  for (const [tenant, copy] of served.copies) await fill(copy, tenant);
  const now = () => new Date(Date.now() + world.aheadMs);
  const accounts = openAccounts(path.join(home, 'users.json'), now);
  const noted: AuditEntry[] = [];
  const door = await createSqlDoor({
    layer: served.semanticLayer,
    plan: planSql,
    verifyToken: served.verifyToken,
    accounts,
    now,
    elapsedMs: () => world.elapsedMs,
    audit: { note: (entry) => void noted.push(entry) },
    host: '127.0.0.1',
    port: 0,
    folder: path.join(home, 'sql'),
    sessionsOf,
    tls,
    limits: { refusalMs: 5, ...limits },
  });
  const url = async (tenant = acme, who: Who = {}) =>
    `postgresql://${who.subject ?? 'u1'}:${await served.token(tenant, who)}@127.0.0.1:${door.port}/${tenant}`;
  return {
    folder: home,
    door,
    served,
    accounts,
    backends,
    noted,
    world,
    url,
    async connect(tenant, who) {
      const client = new pg.Client(await url(tenant, who));
      client.on('error', () => {});
      await client.connect();
      return client;
    },
    async close() {
      await door.close();
      await served.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Processes below ours that serve a session of PostgreSQL. */
async function backends(): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args='], { maxBuffer: 64 * 1_048_576 });
  const all = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []);
  let ours = new Set([String(process.pid)]);
  for (let before = 0; before < ours.size; ) {
    before = ours.size;
    ours = new Set([...ours, ...all.flatMap(([, pid = '', parent = '']) => (ours.has(parent) ? [pid] : []))]);
  }
  return all.filter(([, pid = '', , args = '']) => ours.has(pid) && args.includes('[local]')).length;
}

/** The SQLSTATE that an act ends with; undefined where it ends well. */
export const codeOf = (act: Promise<unknown>): Promise<string | undefined> =>
  act.then(
    () => undefined,
    (error: { code?: string }) => error.code ?? String(error),
  );

/** Rows of a text as arrays of texts. */
export async function rowsOf(client: pg.Client, text: string, values?: readonly unknown[]): Promise<unknown[][]> {
  const { rows } = await client.query({ text, values: values as unknown[], rowMode: 'array' });
  return rows as unknown as unknown[][];
}

/** Cancels the statement at its first row, as a client does; the SQLSTATE that it ends with, undefined where it ended well. */
export async function cancelledInTheMiddle(
  door: OpenDoor,
  client: pg.Client,
  text: string,
): Promise<string | undefined> {
  const query = new pg.Query({ text, values: [] } as never) as unknown as NodeJS.EventEmitter;
  const over = new Promise<string | undefined>((resolve) => {
    query.once('error', (error: { code?: string }) => resolve(error.code));
    query.once('end', () => resolve(undefined));
  });
  const canceller = new pg.Client(await door.url());
  query.once('row', () =>
    (canceller as unknown as { cancel(client: pg.Client, query: unknown): void }).cancel(client, query),
  );
  client.query(query as never);
  return over;
}
