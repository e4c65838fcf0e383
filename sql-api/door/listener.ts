// In charge of a connection before its session: upgrade to TLS, cancel requests, the start message, the sign-in, and every limit on them.
import { timingSafeEqual } from 'node:crypto';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { Fault } from '@tessera/base';
import type { Backoff } from './login/backoff.ts';
import { createChallenge, passwordLimit } from './login/challenge.ts';
import { type SignedIn, SignInRefused } from './login/sign-in.ts';
import { type ClientEvents, type ClientStream, createClientStream } from './session/client.ts';
import { faultMessage } from './session/fault-message.ts';
import { createFrameReader, ProtocolError } from './wire/frames.ts';
import { readStartup, StartRefused, type Startup, startupLimit } from './wire/startup.ts';
import { cstring, errorResponse, int32, message } from './wire/write.ts';

export type Start = Extract<Startup, { kind: 'start' }>;

export interface ListenerNeeds {
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  readonly loginTimeoutMs: number;
  /** Every refused sign-in takes as long as this. */
  readonly refusalMs: number;
  readonly backoff: Backoff;
  signIn(start: Start, challenge: ReturnType<typeof createChallenge>, from: string): Promise<SignedIn>;
  cancel(key: string, from: string): void;
  /** Takes over a client that has signed in; the events are the socket's from then on. */
  accept(
    client: ClientStream,
    start: Start,
    signedIn: SignedIn,
    from: string,
    events: { current: ClientEvents },
  ): Promise<void>;
  onRefused(from: string): void;
}

const loopback = /^(127\.|::1$|::ffff:127\.)/;
const fatal = (code: string, text: string) => errorResponse({ severity: 'FATAL', code, message: text });

/** Serves one connection to its end; nothing that its bytes hold ends more than it. */
export async function serveConnection(socket: net.Socket, needs: ListenerNeeds): Promise<void> {
  const from = socket.remoteAddress ?? '';
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  socket.on('error', () => {});
  const timer = setTimeout(() => socket.destroy(), needs.loginTimeoutMs);
  socket.once('close', () => clearTimeout(timer));
  let line: Duplex = socket;
  try {
    const opened = await readStart(socket, needs, from, (encrypted) => {
      line = encrypted;
    });
    if (!opened) return;
    const { stream, start, rest, isEncrypted } = opened;
    const events: { current: ClientEvents } = { current: { onFull() {}, onDrain() {}, onClosed() {} } };
    const client = createClientStream(stream, rest, passwordLimit, {
      onFull: () => events.current.onFull(),
      onDrain: () => events.current.onDrain(),
      onClosed: () => events.current.onClosed(),
    });
    if (!isEncrypted && !loopback.test(from)) {
      client.end(fatal('28000', 'connections from other machines must use TLS (sslmode=require)'));
      return;
    }
    if (start.newer || start.unknown.length > 0)
      client.write(message('v', int32(0), int32(start.unknown.length), ...start.unknown.map(cstring)));
    const signedIn = await authenticate(client, start, needs, from);
    if (!signedIn) return;
    clearTimeout(timer);
    await needs.accept(client, start, signedIn, from, events);
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof StartRefused) hangUp(line, fatal(error.code, error.message));
    else socket.destroy();
  } finally {
    clearTimeout(timer);
  }
}

async function authenticate(
  client: ClientStream,
  start: Start,
  needs: ListenerNeeds,
  from: string,
): Promise<SignedIn | undefined> {
  const guesser = `${from} ${start.database}/${start.user}`;
  const began = performance.now();
  try {
    const signedIn = await needs.signIn(start, createChallenge(client), from);
    if (needs.backoff.blockedFor(guesser) > 0) throw new SignInRefused();
    needs.backoff.succeeded(guesser);
    return signedIn;
  } catch (error) {
    if (error instanceof Fault) {
      client.end(faultMessage(error, 'FATAL'));
      return undefined;
    }
    if (!(error instanceof SignInRefused)) throw error;
    if (client.isClosed) return undefined;
    if (needs.backoff.blockedFor(guesser) === 0) needs.backoff.failed(guesser);
    needs.onRefused(from);
    // The same time and the same words for an unknown tenant, an unknown user and a wrong proof.
    const left = needs.refusalMs - (performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)).unref());
    client.end(fatal('28P01', `password authentication failed for user "${start.user}"`));
    return undefined;
  }
}

interface Opened {
  readonly stream: Duplex;
  readonly start: Start;
  /** Bytes that came behind the start message. */
  readonly rest: Buffer;
  readonly isEncrypted: boolean;
}

/** The start message, after an upgrade where the client asks for one; undefined where the connection wanted something else or has gone. */
async function readStart(
  socket: net.Socket,
  needs: ListenerNeeds,
  from: string,
  onEncrypted: (line: Duplex) => void,
): Promise<Opened | undefined> {
  let stream: Duplex = socket;
  let isEncrypted = false;
  let asked = { ssl: false, gss: false };
  for (;;) {
    const read = await readOne(stream);
    if (!read) return undefined;
    const startup = readStartup(read.bytes);
    if (startup.kind === 'start') return { stream, start: startup, rest: read.rest, isEncrypted };
    if (startup.kind === 'cancel') {
      needs.cancel(startup.key, from);
      hangUp(stream);
      return undefined;
    }
    // Whatever stands behind the request for an upgrade was written by somebody without the key (CVE-2021-23214).
    if (read.rest.length > 0) throw new ProtocolError('received unencrypted data after SSL request');
    if (asked[startup.kind] || isEncrypted) throw new ProtocolError('invalid startup packet');
    asked = { ...asked, [startup.kind]: true };
    if (startup.kind === 'gss' || !needs.tls) {
      stream.write('N');
      continue;
    }
    stream = upgrade(socket, needs.tls);
    isEncrypted = true;
    onEncrypted(stream);
  }
}

/** Says a last word and closes; bytes that nobody reads would keep the connection for ever, and so would a client that stays. */
function hangUp(stream: Duplex, bytes?: Buffer): void {
  stream.end(bytes);
  stream.resume();
  setTimeout(() => stream.destroy(), 1000).unref();
}

function upgrade(socket: net.Socket, { cert, key }: { cert: string | Buffer; key: string | Buffer }): Duplex {
  socket.write('S');
  const encrypted = new tls.TLSSocket(socket, { isServer: true, cert, key, minVersion: 'TLSv1.2' });
  encrypted.on('error', () => socket.destroy());
  return encrypted;
}

/** One message without a letter, and the bytes behind it. */
function readOne(stream: Duplex): Promise<{ readonly bytes: Buffer; readonly rest: Buffer } | undefined> {
  const frames = createFrameReader(startupLimit);
  const seen: Buffer[] = [];
  return new Promise((resolve, reject) => {
    const stop = () => {
      stream.off('data', onData);
      stream.off('close', onClose);
    };
    const onClose = () => {
      stop();
      resolve(undefined);
    };
    const onData = (chunk: Buffer) => {
      try {
        frames.push(chunk);
        seen.push(chunk);
        const frame = frames.next();
        if (!frame) return;
        stop();
        stream.pause();
        const all = Buffer.concat(seen);
        resolve({ bytes: frame.bytes, rest: all.subarray(frame.bytes.length) });
      } catch (error) {
        stop();
        reject(error);
      }
    };
    stream.on('data', onData);
    stream.once('close', onClose);
    stream.resume();
  });
}

/** Compares in a time that tells nothing. */
export const sameKey = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
