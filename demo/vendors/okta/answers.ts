// Okta's error bodies.
import { type Answer, json } from '../exchange.ts';

const summaries = {
  E0000001: [400, 'Api validation failed'],
  E0000006: [403, 'You do not have permission to perform the requested action'],
  E0000007: [404, 'Not found: Resource not found'],
  E0000009: [500, 'Internal Server Error'],
  E0000011: [401, 'Invalid token provided'],
  E0000022: [404, 'The endpoint does not support the provided HTTP method'],
  E0000031: [400, 'Invalid search criteria.'],
  E0000047: [429, 'API call exceeded rate limit due to too many requests.'],
  E0000053: [400, 'Invalid value for "since": over 180 days prior'],
} as const;

/** An error as Okta words it; `detail` goes into the summary and the causes. */
export function oktaError(code: keyof typeof summaries, detail?: string, status?: number): Answer {
  const [usual, summary] = summaries[code];
  return json(
    {
      errorCode: code,
      errorSummary: detail === undefined ? summary : `${summary}: ${detail}`,
      errorLink: code,
      errorId: `oae${code.slice(-4)}tessera-demo`,
      errorCauses: detail === undefined ? [] : [{ errorSummary: detail }],
    },
    status ?? usual,
  );
}
