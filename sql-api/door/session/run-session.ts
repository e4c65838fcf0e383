// In charge of a session from sign-in to its end: each of the client's messages in order, to where it belongs.
import { Fault } from '@tessera/base';
import type { Catalog } from '../backend/catalogs.ts';
import { ProtocolError } from '../wire/frames.ts';
import { errorResponse, int32, message } from '../wire/write.ts';
import { type BackendLink, connectBackend, type MessageKind } from './backend-link.ts';
import type { ClientStream } from './client.ts';
import type { SessionContext } from './context.ts';
import { createExtended, ours } from './extended.ts';
import { faultMessage } from './fault-message.ts';
import { answerQuery } from './simple.ts';
import type { Caller, StatementNeeds } from './statement.ts';

export interface SessionNeeds extends StatementNeeds {
  readonly caller: Caller;
  readonly catalog: Catalog;
  readonly client: ClientStream;
  readonly settings: Readonly<Record<string, string>>;
  /** What the client must say to cancel: process id and secret, eight bytes. */
  readonly key: Buffer;
  readonly maxStatementMs: number;
  readonly idleMs: number;
  onFault(fault: Fault): void;
}

export interface Session {
  /** What the client asked for last is stopped. */
  cancel(): void;
  /** Ends the session with a reason that the client is told. */
  terminate(reason: Buffer): void;
  onDrain(): void;
  onFull(): void;
  /** The client has gone: what it asked for is stopped, and nothing waits for it to read. */
  onClosed(): void;
  /** Resolves when the session is over. */
  readonly ended: Promise<void>;
}

const largestMessage = 32 * 1024 * 1024;
const forwarded: Readonly<Record<string, MessageKind>> = { D: 'D', C: 'C', S: 'S' };
/** A refusal of this kind ends the session: nothing more can be right in it. */
const isOver = (fault: Fault) => fault.code === 'TOKEN_INVALID';

export function runSession(needs: SessionNeeds): Session {
  const { client, caller } = needs;
  let asking: AbortController | undefined;
  let clock: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;
  let isServing = false;
  // PostgreSQL takes what is sent to it at its own pace; until then the client's next message stays unread.
  let isFull = false;
  let drained: (() => void) | undefined;

  client.allow(largestMessage);
  const cancel = () => {
    // A question to the semantic layer is stopped there; PostgreSQL is told only where it is at work itself.
    if (asking) asking.abort();
    else link.cancel();
  };
  const terminate = (reason: Buffer) => {
    asking?.abort();
    client.end(reason);
    link.close();
  };
  const watch = () => {
    clearTimeout(idle);
    clock ??= setTimeout(cancel, needs.maxStatementMs).unref();
  };
  const rest = () => {
    // Answers to what the door asks for itself end nothing.
    if (isServing) return;
    // Portals end with their transaction.
    if ((last === 'S' || last === 'Q') && link.isIdle && link.transaction === 'I') extended.endPortals();
    clearTimeout(clock);
    clock = undefined;
    clearTimeout(idle);
    idle = setTimeout(
      () =>
        terminate(
          errorResponse({
            severity: 'FATAL',
            code: '57P05',
            message: 'terminating connection due to idle-session timeout',
          }),
        ),
      needs.idleMs,
    ).unref();
  };
  const link: BackendLink = connectBackend({
    catalog: needs.catalog,
    settings: needs.settings,
    toClient: (bytes) => client.write(bytes),
    flushClient: () => client.flush(),
    onReady() {
      client.write(message('K', needs.key));
      client.write(message('Z', Buffer.from('I')));
      rest();
    },
    onAnswered: rest,
    onClosed() {
      drained?.();
      if (!client.isClosed) client.end(isReady ? goingAway : undefined);
    },
    onFull() {
      isFull = true;
    },
    onDrain() {
      isFull = false;
      drained?.();
    },
  });
  let isReady = false;
  let names = 0;
  let last = '';
  const context: SessionContext = {
    link,
    needs,
    caller,
    begin() {
      const own = new AbortController();
      asking = own;
      return {
        signal: own.signal,
        done() {
          if (asking === own) asking = undefined;
        },
      };
    },
    progress() {
      clearTimeout(clock);
      clock = setTimeout(cancel, needs.maxStatementMs).unref();
    },
    ownName() {
      names += 1;
      return `${ours}${names}`;
    },
    forget(name) {
      // A failed transaction refuses DEALLOCATE, too.
      if (link.transaction !== 'E') extended.forget(name);
    },
    end(fault) {
      client.end(faultMessage(fault, 'FATAL'));
      link.close();
    },
    get named() {
      return extended;
    },
    onFault: needs.onFault,
    fail: (fault) => extended.fail(fault),
  };
  const extended = createExtended(context);

  const byType: Readonly<Record<string, (bytes: Buffer) => Promise<void> | void>> = {
    Q: (bytes) => answerQuery(context, bytes),
    P: (bytes) => extended.parse(bytes),
    B: (bytes) => extended.bind(bytes),
    E: (bytes) => extended.execute(bytes),
    H: (bytes) => link.send(bytes),
    F: () => extended.fail(new Fault('SQL_STATEMENT_REFUSED', { statement: 'a function call by number', position: 0 })),
    // PostgreSQL, too, drops what is left of a COPY that was refused.
    d: () => {},
    c: () => {},
    f: () => {},
  };

  async function serve(): Promise<void> {
    for (let frame = await client.next(); frame; frame = await client.next()) {
      const { type } = frame;
      // The reader's buffers are used again; what is handed on must be our own.
      const bytes = Buffer.from(frame.bytes);
      if (type === 'X' || client.isClosed) return;
      isReady = true;
      // PostgreSQL skips a Query, too.
      if (link.isSkipping && type !== 'S') continue;
      last = type;
      watch();
      // At Execute too: what a portal has left is no longer for whoever lost the right to it.
      if (type === 'Q' || type === 'P' || type === 'B' || type === 'E') {
        const over = refusal(caller);
        if (over) return client.end(faultMessage(over, 'FATAL'));
      }
      const kind = forwarded[type];
      if (kind !== undefined) {
        if (type === 'C') extended.close(bytes);
        link.send(bytes, { kind });
        continue;
      }
      const work = byType[type];
      if (!work) throw new ProtocolError(`invalid frontend message type ${type.charCodeAt(0)}`);
      isServing = true;
      await work(bytes);
      isServing = false;
      if (link.isIdle) rest();
      if (isFull)
        await new Promise<void>((resolve) => {
          drained = resolve;
        });
    }
  }

  const ended = serve()
    .catch((error) => {
      const text = error instanceof ProtocolError ? error.message : 'the session cannot go on';
      client.end(
        errorResponse({ severity: 'FATAL', code: error instanceof ProtocolError ? '08P01' : 'XX000', message: text }),
      );
    })
    .finally(() => {
      clearTimeout(clock);
      clearTimeout(idle);
      asking?.abort();
      extended.endPortals();
      link.close();
      if (!client.isClosed) client.end();
    });
  const onClosed = () => {
    cancel();
    link.close();
  };
  return { cancel, terminate, onDrain: () => link.resume(), onFull: () => link.pause(), onClosed, ended };
}

const goingAway = errorResponse({
  severity: 'FATAL',
  code: '57P01',
  message: 'terminating connection: the PostgreSQL behind it has ended it',
});

/** The fault that ends the session, if there is one; rights that were taken away fail the statement only. */
function refusal(caller: Caller): Fault | undefined {
  try {
    caller.check();
    return undefined;
  } catch (error) {
    return error instanceof Fault && isOver(error) ? error : undefined;
  }
}

export const authenticationOk: Buffer = message('R', int32(0));
