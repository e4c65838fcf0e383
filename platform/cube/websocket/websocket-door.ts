// The WebSocket door of Cube, on the same port as HTTP: who may open a socket, how many there may be, and news of releases.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Tenant } from '@tessera/base';
import { WebSocketServer } from 'ws';
import { openSession, type Session, type SessionNeeds } from './session.ts';

export interface WebSocketDoor {
  /** Takes the upgrades of this server. */
  attach(server: Server): void;
  /** A tenant serves a new release: its subscriptions are answered once. */
  released(tenant: Tenant): void;
  close(): Promise<void>;
}

export interface WebSocketDoorNeeds extends Omit<SessionNeeds, 'authorizeWithinMs'> {
  readonly authorizeWithinMs?: number | undefined;
}

/** Where Cube's own client connects. */
const paths: ReadonlySet<string> = new Set(['/', '/cubejs-api/v1/ws']);
const maxPayload = 1_000_000;
const maxSockets = 1_000;
const beatMs = 60_000;

export function createWebSocketDoor({ authorizeWithinMs = 5_000, ...needs }: WebSocketDoorNeeds): WebSocketDoor {
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

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const status = refusalOf(request, sockets.clients.size);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const session = openSession(opened, request.socket.remoteAddress, { ...needs, authorizeWithinMs });
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

function refusalOf({ url, headers }: IncomingMessage, open: number): string | undefined {
  if (url === undefined || !paths.has(url)) return '404 Not Found';
  if (!isOwnOrigin(headers)) return '403 Forbidden';
  return open >= maxSockets ? '503 Service Unavailable' : undefined;
}

/** A browser says where its page is from; only pages of this very host may. Programs say nothing, and have no browser's rights to abuse. */
function isOwnOrigin({ origin, host }: IncomingMessage['headers']): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host;
}
