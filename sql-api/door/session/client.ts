// In charge of one client's bytes after the start: reading whole messages at our own pace, and writing no faster than they are taken.
import type { Duplex } from 'node:stream';
import { createFrameReader, type Frame } from '../wire/frames.ts';

export interface ClientStream {
  /** The next message; undefined when the client is gone. ProtocolError where its bytes are no message. */
  next(): Promise<Frame | undefined>;
  write(bytes: Buffer): void;
  /** Sends what was written, as one piece. */
  flush(): void;
  /** From now on messages may be this long. */
  allow(bytes: number): void;
  /** Says a last word and closes. */
  end(bytes?: Buffer): void;
  destroy(): void;
  readonly isClosed: boolean;
}

export interface ClientEvents {
  /** The client does not read as fast as it is written to. */
  onFull(): void;
  onDrain(): void;
  onClosed(): void;
}

const mostUnread = 1_048_576;
const mostUnsent = 1_048_576;

export function createClientStream(socket: Duplex, first: Buffer, limit: number, events: ClientEvents): ClientStream {
  const frames = createFrameReader(0);
  frames.typed(limit);
  frames.push(first);
  let waiting: (() => void) | undefined;
  let isClosed = false;
  let isPaused = true;
  let out: Buffer[] = [];

  const wake = () => {
    waiting?.();
    waiting = undefined;
  };
  socket.on('data', (chunk: Buffer) => {
    frames.push(chunk);
    // What is not read yet stays in the kernel's buffers, and then in the client's.
    if (frames.rest > mostUnread && !waiting) {
      isPaused = true;
      socket.pause();
    }
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    wake();
    events.onClosed();
  });
  socket.on('drain', () => events.onDrain());

  function flush(): void {
    if (out.length === 0 || isClosed) return;
    const bytes = out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out);
    out = [];
    socket.write(bytes);
    if (socket.writableLength > mostUnsent) events.onFull();
  }
  return {
    async next() {
      for (;;) {
        const frame = frames.next();
        if (frame) return frame;
        if (isClosed) return undefined;
        if (isPaused) {
          isPaused = false;
          socket.resume();
        }
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
    },
    write(bytes) {
      out.push(bytes);
    },
    flush,
    allow(bytes) {
      frames.typed(bytes);
    },
    end(bytes) {
      if (bytes) out.push(bytes);
      flush();
      socket.end();
      // A client that does not close its side is not waited for.
      setTimeout(() => socket.destroy(), 1000).unref();
    },
    destroy: () => socket.destroy(),
    get isClosed() {
      return isClosed;
    },
  };
}
