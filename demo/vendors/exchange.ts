// One request as the stand-ins see it and one answer as they give it, apart from node's sockets.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultKind } from './fault-schedule.ts';

export interface Incoming {
  readonly method: string;
  /** Path below the vendor's mount point. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** Origin and mount point, for links in answers. */
  readonly base: string;
  /** What the client asked for: path and query as sent. */
  readonly url: string;
  /** A fault that shows in the body instead of the status (Elasticsearch's failed shards). */
  readonly fault?: FaultKind;
  header(name: string): string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export const json = (body: unknown, status = 200, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const text = (body: string, status: number, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/plain', ...headers },
  body,
});

/** Large enough for a thousand issue ids, small enough that a mistake does not fill the memory. */
const maxBodyBytes = 8 * 1024 * 1024;

/** Reads a request whole; the mount point `prefix` is taken off its path and put into `base`. */
export async function readIncoming(request: IncomingMessage, prefix: string): Promise<Incoming> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBodyBytes) throw new RangeError('request body too large');
    parts.push(part);
  }
  const url = request.url ?? '/';
  const encrypted = 'encrypted' in request.socket;
  const origin = `${encrypted ? 'https' : 'http'}://${request.headers.host ?? '127.0.0.1'}`;
  const parsed = new URL(url, origin);
  return {
    method: request.method ?? 'GET',
    path: parsed.pathname.slice(prefix.length) || '/',
    query: parsed.searchParams,
    body: Buffer.concat(parts).toString('utf8'),
    base: origin + prefix,
    url,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}

/** Writes the answer; `truncated` promises the whole length, sends half and cuts the line. */
export function send(response: ServerResponse, answer: Answer, date: Date, truncated: boolean): void {
  const body = Buffer.from(answer.body, 'utf8');
  const headers: Record<string, string | string[]> = {
    date: date.toUTCString(),
    'content-length': String(body.length),
  };
  for (const [name, value] of Object.entries(answer.headers ?? {}))
    headers[name] = typeof value === 'string' ? value : [...value];
  response.writeHead(answer.status, headers);
  if (!truncated || body.length < 2) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}

/** The body as a JSON object, or undefined. */
export function jsonObject(body: string): Record<string, unknown> | undefined {
  if (body === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A query or body number within bounds, or the fallback when it is not a number. */
export function wholeNumber(value: unknown, fallback: number, min: number, max: number): number {
  const number = value === null || value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isInteger(number) ? Math.min(Math.max(number, min), max) : fallback;
}
