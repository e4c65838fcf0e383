// A history of Okta's System Log as long as one likes: the demo's own events, served to the pipeline by a connector without a network.

import type { EventLog } from '@tessera/demo';
import { connectors, type OpenStream, type SourceConnector, type StreamFacts } from '@tessera/ingest';

export const eventsPerPage = 1000;

export interface OktaHistory {
  readonly connector: SourceConnector;
  readonly stream: OpenStream;
  readonly facts: StreamFacts;
  /** How many events the vendor has now; the next run fetches those that are new. */
  grow(to: number): void;
}

/** An Okta whose log holds the events `from` onwards up to where it has grown. */
export function oktaHistory(events: EventLog, from: number): OktaHistory {
  const okta = connectors.find(({ source }) => source === 'okta');
  const facts = okta?.streams.find(({ name }) => name === 'log');
  if (okta === undefined || facts === undefined) throw new Error('there is no Okta log');
  let end = from;
  // Inventing events is not what is measured.
  const bodies = new Map<string, Buffer>();
  const bodyOf = (at: number, to: number): Buffer => {
    const texts = () => Array.from({ length: to - at }, (_, i) => events.json(at + i));
    const body = bodies.get(`${at}-${to}`) ?? Buffer.from(`[${texts().join(',')}]`);
    bodies.set(`${at}-${to}`, body);
    return body;
  };
  const stream: OpenStream = {
    ...facts,
    pages: async function* ({ cursor, now }) {
      let at = typeof cursor === 'number' ? cursor : from;
      while (at < end) {
        const to = Math.min(at + eventsPerPage, end);
        yield {
          body: bodyOf(at, to),
          request: `GET /api/v1/logs?after=${at}`,
          status: 200,
          receivedAt: now(),
          records: to - at,
          cursor: to,
        };
        at = to;
      }
    },
  };
  return {
    connector: { ...okta, streams: [facts], open: async () => [stream] },
    stream,
    facts,
    grow(to) {
      if (to > events.length) throw new RangeError(`the demo has ${events.length} events, not ${to}`);
      for (let at = end; at < to; at += eventsPerPage) bodyOf(at, Math.min(at + eventsPerPage, to));
      end = to;
    },
  };
}
