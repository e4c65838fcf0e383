// Okta's System Log over HTTP: pages of a fixed log by its next links, as every contender reads it, byte for byte the same.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventLog } from '@tessera/demo';

export interface OktaServer {
  readonly url: string;
  /** How many events the vendor has now. */
  grow(to: number): void;
  close(): Promise<void>;
}

const pageSize = 1000;

/** Serves the events `from` onwards. The last page has a next link as well: Okta's polling never ends. */
export async function serveOkta(log: EventLog, from: number): Promise<OktaServer> {
  let end = from;
  const pages = new Map<string, Buffer>();
  const page = (at: number, to: number): Buffer => {
    const texts = () => Array.from({ length: to - at }, (_, i) => log.json(at + i));
    const body = pages.get(`${at}-${to}`) ?? Buffer.from(`[${texts().join(',')}]`);
    pages.set(`${at}-${to}`, body);
    return body;
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    if (url.pathname !== '/api/v1/logs') return void response.writeHead(404).end('{}');
    const at = Number(url.searchParams.get('after') ?? from);
    const to = Math.min(at + pageSize, end);
    const next = `${url.origin}/api/v1/logs?sortOrder=ASCENDING&limit=${pageSize}&after=${to}`;
    response.writeHead(200, { 'content-type': 'application/json', link: `<${next}>; rel="next"` });
    response.end(page(at, to));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    grow(to) {
      if (to > log.length) throw new RangeError(`the demo has ${log.length} events, not ${to}`);
      // Inventing events is in nobody's figures.
      for (let at = end; at < to; at += pageSize) page(at, Math.min(at + pageSize, to));
      end = to;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
