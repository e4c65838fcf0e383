// Elasticsearch's bodies: errors with a root cause, and the media type that the official client insists on.
import { type Answer, type Incoming, json } from '../exchange.ts';

/** `{ error: { root_cause, type, reason }, status }`. */
export function elasticError(status: number, type: string, reason: string, headers: Answer['headers'] = {}): Answer {
  const cause = { type, reason };
  return json({ error: { root_cause: [cause], ...cause }, status }, status, headers);
}

const compatible = 'application/vnd.elasticsearch+json;compatible-with=9';

/** The client names the version it speaks, and refuses a server without the product header. */
export const productHeaders = (request: Incoming): Readonly<Record<string, string>> => ({
  'x-elastic-product': 'Elasticsearch',
  'content-type': /compatible-with=\d/.test(request.header('accept') ?? '') ? compatible : 'application/json',
});
