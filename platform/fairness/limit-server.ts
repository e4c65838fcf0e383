// What a connection may cost before anybody knows who is calling: slow headers, slow or large bodies, and too many of them.
import type { Server, ServerOptions } from 'node:http';
import { Fault } from '@tessera/base';
import type { RequestHandler } from 'express';

export const maxBodyBytes = 1_000_000;

/** For `createServer`: Node looks after slow callers this often, not at their deadline. */
export const serverOptions: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 32_768,
};
const maxConnections = 5_000;

/** Node closes whatever connection comes beyond the limit. */
export function limitConnections(server: Server, most = maxConnections): void {
  server.maxConnections = most;
}

/** Refuses a body that says that it is too large, and reads no more of one without a length that nobody wanted. Mounted before everything else. */
export const limitBody: RequestHandler = (request, response, next) => {
  if (request.headers['transfer-encoding'] !== undefined) {
    // Nobody knows how long it is: where it was not wanted, Node would read, and drop, whatever the caller goes on sending.
    response.set('connection', 'close');
    response.once('finish', () => {
      if (!request.complete) request.socket.destroySoon();
    });
  }
  const said = request.headers['content-length'];
  if (said !== undefined && Number(said) > maxBodyBytes) {
    response.set('connection', 'close');
    next(new Fault('BODY_TOO_LARGE', { bytes: maxBodyBytes }));
    return;
  }
  next();
};
