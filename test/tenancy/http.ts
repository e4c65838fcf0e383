// What a test asks over the network of one of its servers, and what of an answer has to be the same on the other.
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A request that can be sent to two servers alike. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly token: string | undefined;
  readonly body?: unknown;
}

/** Headers that tell the time, the request or the rate, and nothing of data. Every other one is compared, whatever its name. */
const clocks = new Set(['date', 'x-request-id', 'keep-alive', 'retry-after', 'content-length']);
const isClock = (name: string) => clocks.has(name) || name.startsWith('ratelimit');

/** Parts of bodies that are made anew for each request or roll-up: an instant or an id. Nothing else is left out. */
const fresh = /"(lastRefreshTime|lastUpdatedAt|requestId)":("[^"]*"|\d+)/g;
/** What an embed's token is. */
const minted = /"(token|id|expiresAt|url)":"[^"]*"/g;
export const withoutClocks = (text: string, path = ''): string =>
  (path.startsWith('/api/v1/embeds') ? text.replaceAll(minted, '"$1":"-"') : text).replaceAll(fresh, '"$1":"-"');

/** Status, headers and body as one text; asks again as a client does while an answer is being made. */
export async function send(url: string, { method, path, token, body }: Call): Promise<string> {
  for (;;) {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (text.includes('Continue wait')) continue;
    const headers = [...response.headers].filter(([name]) => !isClock(name));
    return JSON.stringify([response.status, headers, withoutClocks(text, path)]);
  }
}

/** Messages over one socket, a few at a time; their answers in the order of the messages. */
export async function converse(
  url: string,
  token: string,
  messages: readonly { readonly method: string; readonly params?: object }[],
): Promise<readonly string[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/`);
  await once(socket, 'open');
  const answers = new Map<string, PromiseWithResolvers<string>>();
  const greeted = Promise.withResolvers<void>();
  const ended = (code: number, reason: Buffer) => {
    const said = `closed ${code} ${reason}`;
    greeted.resolve();
    for (const one of answers.values()) one.resolve(said);
  };
  socket.on('close', ended);
  socket.on('message', (data) => {
    const text = String(data);
    const { messageId, handshake } = JSON.parse(text) as { messageId?: string; handshake?: boolean };
    if (handshake) greeted.resolve();
    if (messageId !== undefined) answers.get(messageId)?.resolve(withoutClocks(text));
  });
  socket.send(JSON.stringify({ authorization: token }));
  await greeted.promise;
  const found: string[] = [];
  const width = 8;
  for (let from = 0; from < messages.length; from += width) {
    const batch = messages.slice(from, from + width).map((message, at) => {
      const messageId = String(from + at);
      const one = Promise.withResolvers<string>();
      answers.set(messageId, one);
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ messageId, ...message }));
      else one.resolve('closed');
      return one.promise;
    });
    found.push(...(await Promise.all(batch)));
  }
  socket.close();
  return found;
}
