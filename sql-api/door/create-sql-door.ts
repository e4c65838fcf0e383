// In charge of the SQL door as a whole: it listens, lets in whom it may, pairs each client with a PostgreSQL session, and closes cleanly.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import net from 'node:net';
import {
  asFault,
  type Clock,
  listen,
  type Observe,
  observeNothing,
  type QueryLimits,
  type Tenant,
} from '@tessera/base';
import type { Access, Audit, VerifyToken } from '@tessera/security';
import { createCatalogs } from './backend/catalogs.ts';
import { createCluster } from './backend/cluster.ts';
import type { SemanticLayer } from './contract.ts';
import { type Start, serveConnection } from './listener.ts';
import type { Accounts } from './login/accounts.ts';
import { createBackoff } from './login/backoff.ts';
import { type NoteSignIn, noteSignIns } from './login/note-sign-in.ts';
import { type SignedIn, signIn } from './login/sign-in.ts';
import type { PlanSql } from './plan/contract.ts';
import type { ClientEvents, ClientStream } from './session/client.ts';
import { faultMessage } from './session/fault-message.ts';
import { createKnownLarge } from './session/large.ts';
import { rememberPlans } from './session/remember-plans.ts';
import { authenticationOk, runSession, type Session } from './session/run-session.ts';
import { type Admit, shownViews } from './session/statement.ts';
import { errorResponse } from './wire/write.ts';

export interface SqlDoorNeeds {
  readonly layer: SemanticLayer;
  readonly plan: PlanSql;
  readonly verifyToken: VerifyToken;
  readonly accounts: Accounts;
  readonly now: Clock;
  readonly host: string;
  readonly port: number;
  /** Folder of the PostgreSQL behind the door; it holds nothing worth keeping. */
  readonly folder: string;
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  readonly observe?: Observe;
  readonly audit?: Pick<Audit, 'note'> | undefined;
  readonly admit?: Admit;
  /** Milliseconds of a clock that never goes back: by it guessers wait. */
  readonly elapsedMs?: () => number;
  readonly limits?: Partial<SqlDoorLimits>;
  /** What one query of a tenant may cost; without it the door's own limits alone hold. */
  readonly limitsOf?: ((tenant: Tenant) => QueryLimits) | undefined;
  /** Sessions that a tenant may have at once; without it all have the door's number. */
  readonly sessionsOf?: ((tenant: Tenant) => number) | undefined;
}

export interface SqlDoorLimits {
  readonly sessions: number;
  readonly sessionsPerTenant: number;
  /** Connections that have not signed in yet. */
  readonly waiting: number;
  readonly loginTimeoutMs: number;
  readonly refusalMs: number;
  readonly statementMs: number;
  readonly idleMs: number;
  readonly maxRows: number;
  /** Rows of an answer that is taken in parts, because nothing but row by row is left to PostgreSQL; 0: none is. */
  readonly largeRows: number;
}

export interface SqlDoor {
  readonly port: number;
  /** Sessions that are open now. */
  readonly sessions: number;
  close(): Promise<void>;
}

const defaults: SqlDoorLimits = {
  sessions: 400,
  sessionsPerTenant: 100,
  waiting: 200,
  loginTimeoutMs: 10_000,
  refusalMs: 300,
  statementMs: 60_000,
  idleMs: 8 * 3_600_000,
  // One more is asked for, to know that there is more; the gate takes 50,000.
  maxRows: 49_999,
  largeRows: 1_000_000,
};
const fatal = (code: string, text: string) => errorResponse({ severity: 'FATAL', code, message: text });

/** Listens at once; the PostgreSQL behind starts with the first session. PORT_TAKEN, ADDRESS_REFUSED. */
export async function createSqlDoor(needs: SqlDoorNeeds): Promise<SqlDoor> {
  const limits = { ...defaults, ...needs.limits };
  const observe = needs.observe ?? observeNothing;
  const cluster = createCluster({ folder: needs.folder, maxSessions: limits.sessions });
  const catalogs = createCatalogs(cluster);
  const nowMs = needs.elapsedMs ?? (() => performance.now());
  const backoff = createBackoff({ nowMs });
  const wrongCancels = createBackoff({ nowMs, freeTries: 20, longestMs: 60_000 });
  const note: NoteSignIn = noteSignIns(needs.audit);
  await mkdir(needs.folder, { recursive: true });
  const large = { most: limits.largeRows, folder: needs.folder, known: createKnownLarge() };
  const planFor = rememberPlans(needs.plan);
  const sessions = new Map<string, Session>();
  const perTenant = new Map<string, number>();
  const sockets = new Set<net.Socket>();
  let waiting = 0;

  async function accept(
    client: ClientStream,
    start: Start,
    signedIn: SignedIn,
    from: string,
    events: { current: ClientEvents },
  ): Promise<void> {
    const { access } = signedIn;
    const { tenant } = access;
    const open = perTenant.get(tenant) ?? 0;
    if (open >= (needs.sessionsOf?.(tenant) ?? limits.sessionsPerTenant) || sessions.size >= limits.sessions) {
      note.tooMany(access, from);
      return client.end(fatal('53300', `too many connections for "${tenant}"`));
    }
    perTenant.set(tenant, open + 1);
    const key = newKey();
    const own = needs.limitsOf?.(tenant);
    let release = () => {};
    try {
      const rights = signedIn.check();
      const views = needs.layer.views(rights);
      const catalog = await catalogs.open(tenant, rights, views);
      release = catalog.release;
      note.allowed(access, rights, from);
      client.write(authenticationOk);
      const session = runSession({
        layer: needs.layer,
        plan: planFor(tenant),
        admit: needs.admit ?? ((_: Access, work) => work()),
        maxRows: Math.min(limits.maxRows, own?.rows ?? limits.maxRows),
        // A tenant with a limit of its own has it for every answer.
        large: limits.largeRows === 0 || (own?.rows ?? limits.maxRows) < limits.maxRows ? undefined : large,
        isShown: shownViews(views),
        caller: { ...signedIn, from },
        catalog,
        client,
        settings: { ...start.settings, 'door.user': start.user },
        key,
        // As much again for waiting and for PostgreSQL's own part.
        maxStatementMs: Math.min(limits.statementMs, 2 * (own?.timeoutMs ?? limits.statementMs)),
        idleMs: limits.idleMs,
        onFault(fault) {
          note.refusedStatement(access, from, fault);
          if (fault.code === 'INTERNAL') observe({ event: 'cube.failed', tenant, problem: String(fault.cause) });
        },
      });
      sessions.set(key.toString('hex'), session);
      events.current = session;
      // It may have gone while its catalog was made.
      if (client.isClosed) session.onClosed();
      await session.ended;
    } catch (error) {
      client.end(faultMessage(asFault(error), 'FATAL'));
    } finally {
      sessions.delete(key.toString('hex'));
      release();
      const left = (perTenant.get(tenant) ?? 1) - 1;
      if (left > 0) perTenant.set(tenant, left);
      else perTenant.delete(tenant);
    }
  }

  function newKey(): Buffer {
    const key = randomBytes(8);
    // A process id is a positive number to every client.
    key[0] = (key[0] ?? 0) & 0x7f;
    return sessions.has(key.toString('hex')) ? newKey() : key;
  }

  const server = net.createServer((socket) => {
    if (waiting >= limits.waiting) {
      socket.on('error', () => {});
      socket.end(fatal('53300', 'too many connections are signing in'));
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    waiting += 1;
    let isWaiting = true;
    const arrived = () => {
      if (isWaiting) waiting -= 1;
      isWaiting = false;
    };
    void serveConnection(socket, {
      tls: needs.tls,
      loginTimeoutMs: limits.loginTimeoutMs,
      refusalMs: limits.refusalMs,
      backoff,
      signIn: async (start, challenge, from) => {
        const signedIn = await signIn(needs, start.user, start.database, challenge);
        try {
          signedIn.check();
        } catch (error) {
          note.denied(signedIn.access, from, asFault(error));
          throw error;
        }
        return signedIn;
      },
      cancel(key, from) {
        if (wrongCancels.blockedFor(from) > 0) return;
        const session = sessions.get(key);
        if (session) session.cancel();
        else wrongCancels.failed(from);
      },
      accept(client, start, signedIn, from, events) {
        arrived();
        return accept(client, start, signedIn, from, events);
      },
      onRefused(from) {
        note.refused(from);
        observe({ event: 'request.refused', tenant: undefined, route: 'sql', code: 'TOKEN_INVALID' });
      },
    }).finally(arrived);
  });
  const port = await listen(server, needs, 'TESSERA_SQL_PORT');

  return {
    port,
    get sessions() {
      return sessions.size;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const reason = fatal('57P01', 'terminating connection: the server is being stopped');
      for (const session of sessions.values()) session.terminate(reason);
      await new Promise((resolve) => setImmediate(resolve));
      for (const socket of sockets) socket.destroySoon();
      catalogs.close();
      await cluster.stop();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
