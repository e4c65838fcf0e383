// Okta's side of an event hook: the one-time challenge, and events of the System Log in the envelope in which Okta sends them, tried once more where the first time failed.
// https://developer.okta.com/docs/concepts/event-hooks/
import { randomUUID } from 'node:crypto';
import type { Clock } from '@tessera/base';
import type { EventLog } from '../../world.ts';

export interface OktaHookOptions {
  readonly url: string;
  /** Value of the Authorization header, as the hook's owner typed it. */
  readonly secret: string;
  readonly now: Clock;
}
export interface OktaEventHook {
  /** True where the receiver shows that the address is its own. */
  verify(): Promise<boolean>;
  /** Sends events of the log, `from` included and `to` not, at most 100 in one delivery; gives the status of each. A timeout, a 5xx or 429 is tried once more, any 4xx never. */
  deliver(log: EventLog, from: number, to: number): Promise<readonly number[]>;
}
const patienceMs = 3000;
const most = 100;

export function createOktaEventHook({ url, secret, now }: OktaHookOptions): OktaEventHook {
  const send = async (body: string): Promise<number> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: secret, 'user-agent': 'Okta-Integrations' },
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.arrayBuffer();
    return response.status;
  };
  return {
    async verify() {
      const challenge = randomUUID();
      const response = await fetch(url, { headers: { 'x-okta-verification-challenge': challenge } });
      const answer = (await response.json().catch(() => ({}))) as { readonly verification?: unknown };
      return response.status === 200 && answer.verification === challenge;
    },
    async deliver(log, from, to) {
      const statuses: number[] = [];
      for (let at = from; at < to; at += most) {
        const texts = Array.from({ length: Math.min(most, to - at) }, (_, i) => log.json(at + i));
        const body = renderDelivery(texts, now(), url);
        const first = await send(body).catch(() => 0);
        const again = first === 0 || first === 429 || first >= 500;
        statuses.push(again ? await send(body).catch(() => 0) : first);
      }
      return statuses;
    },
  };
}

/** The body of one delivery; `events` are JSON texts of the System Log's shape. */
export const renderDelivery = (events: readonly string[], at: Date, source = 'https://okta.example'): string =>
  `{"eventType":"com.okta.event_hook","eventTypeVersion":"1.0","cloudEventsVersion":"0.1","source":${JSON.stringify(source)},"eventId":"${randomUUID()}","data":{"events":[${events.join(',')}]},"eventTime":"${at.toISOString()}","contentType":"application/json"}`;
