// Signs deliveries as their senders do: the other side of each scheme, written once more for the tests.
import { createHmac, randomUUID } from 'node:crypto';

export interface Signed {
  readonly id?: string;
  /** Seconds since 1970. */
  readonly at?: number;
}

/** Headers of the Standard Webhooks specification. */
export function standardHeaders(
  secret: string,
  body: string,
  { id = `msg_${randomUUID()}`, at = Math.floor(Date.now() / 1000) }: Signed = {},
): Record<string, string> {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
}

/** Headers of a webhook of Jira Cloud. */
export const hubHeaders = (secret: string, body: string, id: string = randomUUID()): Record<string, string> => ({
  'x-hub-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  'x-atlassian-webhook-identifier': id,
});

export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string; readonly wait: string | null }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, text: await response.text(), wait: response.headers.get('retry-after') };
}
