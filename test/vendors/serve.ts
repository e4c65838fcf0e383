// One stand-in on a port of its own, and a fetch that signs in.
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { fixedClock, type SourceName } from '@tessera/base';
import { createVendorServer, type VendorOptions } from '@tessera/demo';
import { asOf, smallWorld } from './small-world.ts';

/** Listens on a free port until the test ends; gives the origin. */
export async function listen(
  t: TestContext,
  listener: RequestListener,
  tls?: { readonly key: string; readonly cert: string },
): Promise<string> {
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A stand-in of the small world at asOf. Its own mistakes fail the test. */
export async function serveVendor(
  t: TestContext,
  source: SourceName,
  options: Partial<VendorOptions> = {},
  world = smallWorld(),
) {
  const clock = fixedClock(asOf);
  const mistakes: unknown[] = [];
  const vendor = createVendorServer(source, world, {
    now: clock,
    seed: 7,
    limits: 'demo',
    onError: (error) => mistakes.push(error),
    ...options,
  });
  const origin = await listen(t, (request, response) => vendor.handle(request, response));
  t.after(() => {
    if (mistakes.length > 0) throw mistakes[0];
  });
  return { vendor, origin, clock, credentials: vendor.credentials };
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed body; undefined when it is no JSON. */
  readonly body: unknown;
}

/** One exchange. */
export async function ask(url: string, init: RequestInit = {}): Promise<Got> {
  const response = await fetch(url, init);
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: response.status, headers: response.headers, text, body };
}

/** The URL of the `next` link in a Link header. */
export const nextLink = (headers: Headers): string | undefined =>
  /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
