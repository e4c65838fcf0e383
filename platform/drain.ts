// Leaving in good order: whoever chooses among servers is told first, then nobody new is let in, and what has begun is answered to its end.
import type { Server, ServerResponse } from 'node:http';
import { Server as TcpServer } from 'node:net';

export interface Drain {
  readonly isLeaving: () => boolean;
  /**
   * From now on each answer says that its connection ends with it, so that callers who keep connections go elsewhere without losing a request to one
   * that closes under them. Still serves.
   */
  leave(): void;
  /**
   * Takes no connection any more, and resolves when every request that has begun was answered and none came for `quietMs` over a connection that was
   * kept, or after `withinMs`.
   */
  finish(withinMs: number, quietMs?: number): Promise<void>;
}

const lookEveryMs = 20;

/** To be made before anything else listens to the server's requests. Sockets that were upgraded are their own door's to end. */
export function createDrain(server: Server): Drain {
  const answering = new Set<ServerResponse>();
  let isLeaving = false;
  const sayGoodbye = (response: ServerResponse) => {
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  server.prependListener('request', (_, response: ServerResponse) => {
    answering.add(response);
    response.once('close', () => answering.delete(response));
    if (isLeaving) sayGoodbye(response);
  });
  const leave = () => {
    isLeaving = true;
    for (const response of answering) sayGoodbye(response);
  };
  return {
    isLeaving: () => isLeaving,
    leave,
    async finish(withinMs, quietMs = 0) {
      leave();
      const until = performance.now() + withinMs;
      // Not HTTP's own close, which ends kept connections at once, with a request on its way or without.
      if (server.listening) TcpServer.prototype.close.call(server);
      let busyAt = performance.now();
      while (performance.now() < until) {
        if (answering.size > 0) busyAt = performance.now();
        else if (performance.now() - busyAt >= quietMs) break;
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      }
    },
  };
}
