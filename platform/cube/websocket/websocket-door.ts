// The WebSocket door of Cube, on the same port as HTTP: who may open a socket, how many there may be, and news of releases.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Tenant } from '@tessera/base';
import { WebSocketServer } from 'ws';
import type { Edge } from '../../edge.ts';
import { openSession, type Session, type SessionNeeds } from './session.ts';
import { createSocketPlaces, type SocketLimits, type SocketPlace } from './socket-places.ts';

export interface WebSocketDoor {
  /** Takes the upgrades of this server. */
  attach(server: Server): void;
  /** A tenant serves a new release: its subscriptions are answered once. */
  released(tenant: Tenant): void;
  close(): Promise<void>;
}

export interface WebSocketDoorNeeds extends Omit<SessionNeeds, 'authorizeWithinMs'> {
  readonly edge: Pick<Edge, 'addressOf' | 'isOwnOrigin'>;
  readonly authorizeWithinMs?: number | undefined;
  readonly beatMs?: number | undefined;
  readonly limits?: Partial<SocketLimits> | undefined;
}

/** Where Cube's own client connects. */
const paths: ReadonlySet<string> = new Set(['/', '/cubejs-api/v1/ws']);
const maxPayload = 1_000_000;
const busy = '\r\nretry-after: 5';
/** Said at the upgrade, before anybody has signed in. */
const refusals = {
  server: `503 Service Unavailable${busy}`,
  address: `429 Too Many Requests${busy}`,
  path: '404 Not Found',
  origin: '403 Forbidden',
} as const;

export function createWebSocketDoor({
  authorizeWithinMs = 5_000,
  beatMs = 60_000,
  edge,
  limits,
  ...needs
}: WebSocketDoorNeeds): WebSocketDoor {
  const places = createSocketPlaces(limits);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload,
    maxFragments: 1_000,
    maxBufferedChunks: 10_000,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const sessions = new Map<Session, () => boolean>();

  // One timer for all: who did not answer the last ping is gone.
  const beat = setInterval(() => {
    for (const [session, isAlive] of sessions) if (isAlive()) session.keepAlive();
  }, beatMs);
  beat.unref();

  const enter = ({ url, headers }: IncomingMessage, from: string | undefined): SocketPlace | keyof typeof refusals => {
    if (url === undefined || !paths.has(url)) return 'path';
    return edge.isOwnOrigin(headers) ? places.enter(from) : 'origin';
  };
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const from = edge.addressOf(request);
    const place = enter(request, from);
    if (typeof place === 'string') {
      socket.end(`HTTP/1.1 ${refusals[place]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    // Of the connection, not of the WebSocket: an upgrade that fails makes none.
    socket.once('close', () => place.leave());
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const visitor = { from, place, mostOfTenant: places.limits.perTenant };
      const session = openSession(opened, visitor, { ...needs, authorizeWithinMs });
      let isHeard = true;
      opened.on('pong', () => (isHeard = true));
      opened.on('message', () => (isHeard = true));
      opened.on('close', () => sessions.delete(session));
      sessions.set(session, () => {
        if (!isHeard) opened.terminate();
        else opened.ping();
        const wasHeard = isHeard;
        isHeard = false;
        return wasHeard;
      });
    });
  };

  return {
    attach: (server) => void server.on('upgrade', upgrade),
    released(tenant) {
      for (const session of sessions.keys()) if (session.tenant() === tenant) session.refresh();
    },
    async close() {
      clearInterval(beat);
      for (const client of sockets.clients) client.close(1012, 'this server stops; connect again');
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}
