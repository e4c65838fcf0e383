// A vendor for tests: a real HTTP server on this machine that answers by a function and remembers what it was asked.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type Clock, fixedClock } from '@tessera/base';
import type { StreamDefinition, StreamPage, Web } from './contract.ts';
import { createWeb, thisMachine } from './web.ts';

export interface StubCall {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}
export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is when it is text. */
  readonly body: unknown;
  /** The connection breaks off in the middle of the body. */
  readonly cut?: true;
}
export interface StubVendor {
  readonly url: string;
  readonly calls: StubCall[];
  readonly web: Web;
}

/** Starts the server; it ends with the test. */
export async function stubVendor(
  t: TestContext,
  answer: (call: StubCall, url: string) => StubAnswer,
): Promise<StubVendor> {
  const calls: StubCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '/';
    const call: StubCall = {
      method: request.method ?? 'GET',
      path,
      url: new URL(path, url),
      headers: request.headers as StubCall['headers'],
      body: Buffer.concat(chunks).toString('utf8'),
    };
    calls.push(call);
    const { status = 200, headers = {}, body, cut } = answer(call, url);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
    if (cut === undefined) response.end(text);
    else response.write(text.slice(0, text.length >> 1), () => setImmediate(() => request.socket.destroy()));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, calls, web: createWeb({ networks: thisMachine }) };
}

export interface Reading {
  readonly cursor?: unknown;
  readonly parents?: readonly string[];
  readonly now?: Clock;
  /** Stop after so many pages, as a killed run does. */
  readonly stopAfter?: number;
}

/** All pages that the stream yields. */
export async function readPages<Client>(
  stream: StreamDefinition<Client>,
  client: Client,
  { cursor, parents, now = fixedClock('2026-01-01T00:00:00Z'), stopAfter = Number.POSITIVE_INFINITY }: Reading = {},
): Promise<readonly StreamPage[]> {
  const pages: StreamPage[] = [];
  const context = { client, cursor, now, ...(parents === undefined ? {} : { parents: async () => parents }) };
  for await (const page of stream.pages(context)) {
    // What the runner does: the cursor goes through JSON on its way to the next run.
    pages.push({ ...page, cursor: JSON.parse(JSON.stringify(page.cursor ?? null)) ?? undefined });
    if (pages.length >= stopAfter) break;
  }
  return pages;
}

/** The JSON of a page. */
export function bodyOf(page: StreamPage): unknown {
  return JSON.parse(new TextDecoder().decode(page.body));
}
