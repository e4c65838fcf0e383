// A client that says whatever a test wants: bytes to the port, and the letters and SQLSTATEs that come back.
import net from 'node:net';

export interface Said {
  /** Letters of the server's messages, in order. */
  readonly letters: string;
  /** SQLSTATEs of its errors. */
  readonly codes: readonly string[];
  /** Whether the server closed the connection. */
  readonly closed: boolean;
  readonly bytes: Buffer;
}

export const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};
export const typed = (letter: string, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(letter, 'latin1'), int(body.length + 4), body]);
};
export const text = (value: string): Buffer => Buffer.from(`${value}\0`);
export function startMessage(parameters: Readonly<Record<string, string>>, version = 0x30000): Buffer {
  const body = Buffer.concat([
    int(version),
    ...Object.entries(parameters).flatMap(([name, value]) => [text(name), text(value)]),
    Buffer.from([0]),
  ]);
  return Buffer.concat([int(body.length + 4), body]);
}

export interface RawClient {
  send(...parts: Uint8Array[]): void;
  /** Waits until the server has said this letter so often since the last wait, or has closed. */
  until(letter: string, times?: number): Promise<Said>;
  /** Waits until the server has closed, at most so long. */
  closed(withinMs?: number): Promise<Said>;
  readonly socket: net.Socket;
}

export function rawClient(port: number): RawClient {
  const socket = net.connect(port, '127.0.0.1');
  let got = Buffer.alloc(0);
  let letters = '';
  let codes: string[] = [];
  let isClosed = false;
  let wake = () => {};
  const chunks: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    got = Buffer.concat([got, chunk]);
    while (got.length >= 5) {
      // What answers a request for TLS is one letter alone.
      const length = got.readUInt32BE(1);
      if (got.length < length + 1) break;
      const letter = String.fromCharCode(got[0] ?? 0);
      letters += letter;
      if (letter === 'E') codes.push(/\0C([0-9A-Z]{5})\0/.exec(got.toString('latin1', 4, length + 1))?.[1] ?? '?');
      got = got.subarray(length + 1);
    }
    wake();
  });
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  const take = (): Said => {
    const said = { letters, codes, closed: isClosed, bytes: Buffer.concat(chunks) };
    letters = '';
    codes = [];
    chunks.length = 0;
    return said;
  };
  return {
    socket,
    send: (...parts) => void socket.write(Buffer.concat(parts)),
    async until(letter, times = 1) {
      while (!isClosed && letters.split(letter).length - 1 < times)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return take();
    },
    async closed(withinMs = 20_000) {
      const timer = setTimeout(() => socket.destroy(), withinMs);
      while (!isClosed)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      clearTimeout(timer);
      return take();
    },
  };
}

/** A raw session that has signed in. */
export async function signedIn(url: string): Promise<RawClient> {
  const { port, username, password, pathname } = new URL(url);
  const client = rawClient(Number(port));
  client.send(startMessage({ user: decodeURIComponent(username), database: pathname.slice(1) }));
  await client.until('R');
  client.send(typed('p', text(decodeURIComponent(password))));
  const said = await client.until('Z');
  if (said.closed) throw new Error(`no sign-in: ${said.codes.join()}`);
  return client;
}
