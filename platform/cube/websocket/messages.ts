// What may be said over a WebSocket: Cube's messages, in a closed schema. A key that is not listed is an error, never left out.
import { Fault } from '@tessera/base';
import { z } from 'zod';

const messageId = z.union([z.string().min(1).max(16), z.int().nonnegative()]).transform(String);
/** Cube's client sends one; ours are made here. */
const requestId = z.string().max(64).optional();
const params = z.strictObject({
  query: z.unknown(),
  queryType: z.enum(['multi', 'regularQuery']).optional(),
  cache: z.enum(['stale-if-slow', 'stale-while-revalidate', 'must-revalidate', 'no-cache']).optional(),
});

const messageSchema = z.union([
  z.strictObject({ authorization: z.string().min(1).max(20_000) }),
  z.strictObject({ unsubscribe: messageId }),
  z.discriminatedUnion('method', [
    z.strictObject({ method: z.literal('load'), messageId, requestId, params }),
    z.strictObject({ method: z.literal('subscribe'), messageId, requestId, params }),
    z.strictObject({ method: z.literal('dry-run'), messageId, requestId, params: params.pick({ query: true }) }),
    z.strictObject({
      method: z.literal('meta'),
      messageId,
      requestId,
      params: z.strictObject({ onlyViews: z.boolean().optional() }).optional(),
    }),
    z.strictObject({ method: z.literal('unsubscribe'), messageId, requestId, params: z.strictObject({}).optional() }),
  ]),
]);
export type SocketMessage = z.infer<typeof messageSchema>;
export type MethodMessage = Extract<SocketMessage, { method: string }>;

/** Text → message; QUERY_INVALID otherwise, which repeats nothing of it. */
export function parseMessage(text: string): SocketMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault('QUERY_INVALID', { at: 'message', problem: 'it is not JSON' });
  }
  const parsed = messageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Fault('QUERY_INVALID', {
    at: 'message',
    problem:
      'it is none of { authorization }, { unsubscribe } and { method, messageId, requestId?, params } with method load, subscribe, unsubscribe, dry-run or meta, and no other key',
  });
}

/** The id under which a message that was not understood is answered, where it has a usable one. */
export function idOf(text: string): string | undefined {
  try {
    const parsed = z.object({ messageId }).safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.messageId : undefined;
  } catch {
    return undefined;
  }
}
