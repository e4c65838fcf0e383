// A call to what the operator configured: an issuer, a receiver of alerts, a broker. No redirect, no kept connection, no address that may not be called.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { createReach, networksFor, type ReachNeeds } from './reach.ts';

export interface Asking {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}
export type Call = (url: string, asking: Asking) => Promise<Response>;

const send = { 'http:': httpRequest, 'https:': httpsRequest };
/** The standard allows these no body at all. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Calls on behalf of one configured address (a URL): the internet, `networks`, and this machine where the address itself names it. What that address
 * then tells of (a key set's place, say) is called by the same rule, so that a service elsewhere cannot lead us inside. Each call resolves the name
 * anew and is judged by the address that is connected to. ADDRESS_INSIDE where it may not be called; a redirect is an answer (3xx) and never followed.
 */
export function createCall(configured: string, { networks, ...more }: ReachNeeds): Call {
  const reach = createReach({ ...more, networks: networksFor(URL.parse(configured)?.hostname ?? '', networks) });
  return async (text, { method = 'GET', headers = {}, body, signal }) => {
    const url = reach.check(text);
    const protocol = url.protocol === 'http:' ? 'http:' : 'https:';
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = send[protocol](url, {
        ...{ method, signal, lookup: reach.lookup },
        // A connection that is kept would outlive the judgement of its address.
        agent: false,
        headers: {
          'accept-encoding': 'identity',
          ...headers,
          ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
      });
      request.on('response', resolve).on('error', reject).end(body);
    }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
    const status = answer.statusCode ?? 0;
    const told = Object.entries(answer.headersDistinct).map(([name, values]): [string, string] => [
      name,
      (values ?? []).join(', '),
    ]);
    if (bodiless.has(status)) answer.resume();
    return new Response(bodiless.has(status) ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), {
      status,
      headers: told,
    });
  };
}
