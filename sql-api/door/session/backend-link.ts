// In charge of one session of the real PostgreSQL: what is sent to it, which answer belongs to which message, and what of it the client sees.
import net from 'node:net';
import { socketFile } from '../backend/admin.ts';
import type { Catalog } from '../backend/catalogs.ts';
import { readErrorFields, rewriteError } from '../wire/error-fields.ts';
import { createFrameReader, type Frame } from '../wire/frames.ts';
import { cancelRequest, startupMessage } from '../wire/write.ts';

export type MessageKind = 'P' | 'B' | 'D' | 'E' | 'C' | 'S' | 'Q';

export interface Expect {
  readonly kind: MessageKind;
  /** The client never sent this message and sees nothing of its answer but a failure. */
  readonly hidden?: boolean;
  /** Hidden, but for messages of these letters. */
  readonly shows?: string;
  /** Where a position of the text that PostgreSQL saw lies in the client's. */
  readonly position?: ((at: number) => number | undefined) | undefined;
  /** Instead of PostgreSQL's error of the same SQLSTATE: it was raised on our word, and we know more. */
  readonly substitute?: { readonly code: string; readonly bytes: Buffer } | undefined;
  /** Given the messages of the answer, or undefined where it failed before its end. */
  readonly done?: ((frames: readonly Frame[] | undefined) => void) | undefined;
}

export interface BackendLink {
  send(bytes: Buffer, expect?: Expect): void;
  /** Sends a hidden message, has PostgreSQL answer now, and gives the answer; undefined where it failed (the client was told). */
  ask(kind: MessageKind, bytes: Buffer, position?: Expect['position']): Promise<readonly Frame[] | undefined>;
  /** Sends an Execute of ours whose rows are the client's, and gives the message that ends it; undefined where it failed (the client was told). */
  run(bytes: Buffer): Promise<Buffer | undefined>;
  /** Gives the client a message of ours, behind all that PostgreSQL has said so far. */
  tell(bytes: Buffer): void;
  /** True while PostgreSQL skips to the next Sync, after an error that no Sync sent so far ends. */
  readonly isSkipping: boolean;
  /** True where nothing that was sent waits for its answer. */
  readonly isIdle: boolean;
  /** `I` idle, `T` in a transaction, `E` in a failed one. */
  readonly transaction: string;
  cancel(): void;
  pause(): void;
  resume(): void;
  close(): void;
}

export interface LinkNeeds {
  readonly catalog: Catalog;
  readonly settings: Readonly<Record<string, string>>;
  toClient(bytes: Buffer): void;
  /** PostgreSQL's answers so far are handed on; what waits for the client may go out now. */
  flushClient(): void;
  /** The session's first messages, without the key (the door gives its own). */
  onReady(): void;
  onAnswered(): void;
  onClosed(): void;
  onFull(): void;
  onDrain(): void;
}

const largestMessage = 0x3fff_ffff;
const endOf: Readonly<Record<MessageKind, string>> = { P: '1', B: '2', D: 'Tn', E: 'CIs', C: '3', S: 'Z', Q: 'Z' };
const rowLetter = 0x44;
const shows = ({ hidden, shows: some }: Expect, type: string): boolean => !hidden || some?.includes(type) === true;
const flushMessage = Buffer.from([0x48, 0, 0, 0, 4]);

export function connectBackend(needs: LinkNeeds): BackendLink {
  const { catalog, toClient } = needs;
  const socket = net.connect(socketFile(catalog.socket));
  socket.setNoDelay(true);
  const frames = createFrameReader(0);
  frames.typed(largestMessage);
  const waiting: { readonly expect: Expect; readonly got: Frame[] }[] = [{ expect: { kind: 'S' }, got: [] }];
  let isSkipping = false;
  let transaction = 'I';
  let isStarted = false;
  let key: Buffer | undefined;
  let isCorked = false;

  function onFailure(frame: Frame): void {
    const first = waiting[0];
    const expect: Expect = first?.expect ?? { kind: 'S' };
    const { substitute } = expect;
    const isOurs = substitute !== undefined && readErrorFields(frame.bytes).C === substitute.code;
    const position = expect.position ?? (expect.hidden ? () => undefined : (at: number) => at);
    toClient(isOurs ? substitute.bytes : rewriteError(frame.bytes, position));
    if (!first) return;
    if (expect.kind === 'Q') {
      first.got.push(frame);
      return;
    }
    // PostgreSQL answers nothing more until a Sync; whatever was sent before it is void.
    while (waiting[0] && waiting[0].expect.kind !== 'S') waiting.shift()?.expect.done?.(undefined);
    isSkipping = waiting.length === 0;
  }

  function onFrame(frame: Frame): void {
    const { type, bytes } = frame;
    if (!isStarted) {
      if (type === 'K') key = Buffer.from(bytes.subarray(5));
      else if (type === 'S' && bytes.toString('latin1', 5, 25) === 'session_authorizatio') return;
      else if (type === 'Z') {
        isStarted = true;
        waiting.shift();
        // Before the client may ask: the JDBC driver reads no ParameterStatus after the first ReadyForQuery.
        needs.onReady();
      } else if (type === 'E') toClient(rewriteError(bytes, () => undefined));
      else if (type === 'S') toClient(bytes);
      return;
    }
    const first = waiting[0];
    if (type === 'E') {
      onFailure(frame);
      return;
    }
    if (type === 'N' || type === 'S' || type === 'A' || !first) {
      toClient(bytes);
      return;
    }
    const { expect, got } = first;
    const isShown = shows(expect, type);
    if (!isShown) got.push({ type, bytes: Buffer.from(bytes) });
    // A hidden query that failed has told the client so; the end of its answer is the end of the client's.
    const isFailedQuery = expect.hidden && type === 'Z' && got.some((one) => one.type === 'E');
    if (isShown || isFailedQuery) toClient(bytes);
    if (!endOf[expect.kind].includes(type)) return;
    waiting.shift();
    if (type === 'Z') {
      transaction = String.fromCharCode(bytes[5] ?? 73);
      isSkipping = false;
    }
    expect.done?.(isFailedQuery ? undefined : got);
    if (waiting.length === 0) needs.onAnswered();
  }

  socket.on('data', (chunk) => {
    try {
      frames.push(chunk);
      for (;;) {
        // Rows go on together, as they lie there.
        const rows = isStarted && waiting[0] && shows(waiting[0].expect, 'D') ? frames.nextAll(rowLetter) : undefined;
        if (rows) toClient(rows);
        const frame = frames.next();
        if (!frame) break;
        onFrame(frame);
      }
    } catch {
      socket.destroy();
    }
    needs.flushClient();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const { expect } of waiting.splice(0)) expect.done?.(undefined);
    needs.onClosed();
  });
  socket.on('drain', () => needs.onDrain());

  function write(bytes: Buffer): void {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      process.nextTick(() => {
        isCorked = false;
        socket.uncork();
      });
    }
    if (!socket.write(bytes)) needs.onFull();
  }
  const send = (bytes: Buffer, expect?: Expect): void => {
    // What PostgreSQL skips has no answer; waiting for one would put every later answer to the wrong message.
    if (isSkipping && expect?.kind !== 'S') {
      expect?.done?.(undefined);
      return;
    }
    if (expect) waiting.push({ expect, got: [] });
    write(bytes);
  };

  write(startupMessage({ ...needs.settings, user: catalog.role, database: catalog.database, client_encoding: 'UTF8' }));
  return {
    send,
    ask(kind, bytes, position) {
      return new Promise((done) => {
        if (socket.destroyed || isSkipping) return done(undefined);
        send(bytes, { kind, hidden: true, position, done });
        if (kind !== 'Q') write(flushMessage);
      });
    },
    run(bytes) {
      return new Promise((done) => {
        if (socket.destroyed || isSkipping) return done(undefined);
        const onDone = (got: readonly Frame[] | undefined) => done(got?.at(-1)?.bytes);
        send(bytes, { kind: 'E', hidden: true, shows: 'D', done: onDone });
        write(flushMessage);
      });
    },
    tell(bytes) {
      toClient(bytes);
      needs.flushClient();
    },
    get isSkipping() {
      return isSkipping;
    },
    get isIdle() {
      return waiting.length === 0;
    },
    get transaction() {
      return transaction;
    },
    cancel() {
      if (!key || waiting.length === 0) return;
      const other = net.connect(socketFile(catalog.socket));
      other.on('error', () => {});
      other.end(cancelRequest(key));
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.destroy(),
  };
}
