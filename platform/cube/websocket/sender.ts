// Frames out: an answer's JSON is put in as bytes, never through a template, and a reader that does not read is let go of.
import type { Fault } from '@tessera/base';
import type { WebSocket } from 'ws';

export interface Sender {
  send(text: string | Buffer): void;
  /** `{"messageId":…,"message":<json>,"status":200}` */
  answer(id: string, json: Uint8Array): void;
  refuse(id: string | undefined, fault: Fault): void;
  /** What Cube's own server says once a message has been worked off. */
  done(id: string): void;
}

/** Bytes that may wait for a reader. */
const maxWaiting = 8_000_000;
const overloaded = 1013;
const closeGraceMs = 1_000;

export function createSender(socket: WebSocket, most = maxWaiting): Sender {
  const send = (frame: string | Buffer) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > most) {
      socket.close(overloaded, 'the reader is too slow');
      // Its close frame waits behind the rest, which nobody reads.
      setTimeout(() => socket.terminate(), closeGraceMs).unref();
      return;
    }
    socket.send(frame, { binary: false }, () => {});
  };
  return {
    send,
    answer: (id, json) =>
      send(Buffer.concat([Buffer.from(`{"messageId":${JSON.stringify(id)},"message":`), json, end])),
    refuse: (id, { message, code, status }) =>
      send(
        JSON.stringify({ ...(id === undefined ? {} : { messageId: id }), message: { error: message, code }, status }),
      ),
    done: (id) => send(JSON.stringify({ messageProcessedId: id })),
  };
}

const end = Buffer.from(',"status":200}');
