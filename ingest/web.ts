// The real Web: HTTP with kept connections, a time limit, a size limit on what is unpacked, no redirects, and no address that may not be called.
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { createReach, Fault } from '@tessera/base';
import type { Web, WebResponse } from './contract.ts';

/** The body stopped before its end; what had come is kept for the raw layer. */
export class CutBody extends Error {
  readonly #received: Uint8Array;
  constructor(received: Uint8Array, options?: { cause?: unknown }) {
    super('the body broke off', options);
    this.name = 'CutBody';
    this.#received = received;
  }
  get received(): Uint8Array {
    return this.#received;
  }
}

export interface WebLimits {
  readonly timeoutMs?: number;
  /** A larger body is cut off there, and so is unreadable. */
  readonly maxBytes?: number;
  /** Ranges (CIDR) of one's own that may be called beside the public internet. */
  readonly networks?: readonly string[];
}

export { thisMachine } from '@tessera/base';

const refuse = (problem: string) => new Fault('VENDOR_ADDRESS_REFUSED', { problem });

/** Each piece is a way to another thread and back: in the usual 16 KB ones a page of 1.4 MB takes 10 ms to unpack, in these 4.5. */
const pieces = { chunkSize: 131_072 };
const unpack: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(pieces),
  'x-gzip': () => createGunzip(pieces),
  deflate: () => createInflate(pieces),
  br: () => createBrotliDecompress(pieces),
  zstd: () => createZstdDecompress(pieces),
};

/**
 * Web that calls the public internet and `networks` only: VENDOR_ADDRESS_REFUSED otherwise, for the address that a name really leads to at that moment.
 * A redirect is an answer like any other (3xx), never followed.
 */
export function createWeb({ timeoutMs = 60_000, maxBytes = 128 * 1024 * 1024, networks = [] }: WebLimits = {}): Web {
  const reach = createReach({ networks, refuse });
  const kept = { keepAlive: true, lookup: reach.lookup, maxSockets: 64, timeout: timeoutMs };
  const agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent(kept) };
  const send = { 'http:': httpRequest, 'https:': httpsRequest };
  return async (text, { method, headers, body, signal }): Promise<WebResponse> => {
    const url = reach.check(text);
    const protocol = url.protocol === 'http:' ? 'http:' : 'https:';
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = send[protocol](url, {
        method,
        agent: agents[protocol],
        lookup: reach.lookup,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        headers: {
          'accept-encoding': 'gzip, deflate, br',
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
      });
      request.on('response', resolve).on('error', reject).end(body);
    });
    const told = new Headers(
      Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
    );
    return { status: response.statusCode ?? 0, headers: told, bytes: () => readBody(response, maxBytes) };
  };
}

/** The limit is on what is unpacked, so that a small answer cannot become a large one. */
async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const packed = (response.headers['content-encoding'] ?? '').toLowerCase();
  const unpacker = unpack[packed]?.();
  const body: Readable = unpacker === undefined ? response : pipeline(response, unpacker, () => {});
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.byteLength;
      if (length > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    }
    if (!response.complete) throw new Error('the connection ended');
  } catch (cause) {
    response.destroy();
    throw new CutBody(Buffer.concat(chunks), { cause });
  }
  return Buffer.concat(chunks);
}
