// Graph's and Entra's bodies: OData envelopes and the two kinds of errors.
import { type Answer, json } from '../exchange.ts';

const odata = {
  'content-type': 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
  'odata-version': '4.0',
};

export const graphJson = (body: unknown): Answer => json(body, 200, odata);

/** `{ error: { code, message, innerError } }`. */
export const graphError = (status: number, code: string, message: string, headers: Answer['headers'] = {}): Answer =>
  json(
    {
      error: {
        code,
        message,
        innerError: { date: '2026-01-01T00:00:00', 'request-id': 'tessera-demo', 'client-request-id': 'tessera-demo' },
      },
    },
    status,
    headers,
  );

/** Entra's token endpoint answers RFC 6749 errors with an AADSTS number. */
export const entraError = (status: number, error: string, number: number, description: string): Answer =>
  json(
    {
      error,
      error_description: `AADSTS${number}: ${description}`,
      error_codes: [number],
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    },
    status,
  );
