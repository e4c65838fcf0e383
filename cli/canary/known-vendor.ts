// A vendor of known pages on this machine: Elasticsearch as far as our connector asks it, over the canary's world.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { listen } from '@tessera/base';
import { eventsBetween, type KnownEvent } from './known-world.ts';

export interface KnownVendor {
  readonly url: string;
  readonly apiKey: string;
  close(): Promise<void>;
}

/** `events` is what is stored in (since, upTo]; a test may give it other ones. */
export async function startKnownVendor(events = eventsBetween): Promise<KnownVendor> {
  const apiKey = randomBytes(24).toString('base64');
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.headers.authorization !== `ApiKey ${apiKey}`) return answer(401, {});
    const path = request.url?.split('?')[0] ?? '';
    const body = await textOf(request);
    if (path === '/_security/user/_privileges') return answer(200, { cluster: [], indices: [], run_as: [] });
    if (path.endsWith('/_pit')) return answer(200, { id: 'pit', succeeded: true });
    if (path.endsWith('/_search')) return answer(200, searchAnswer(body, events));
    answer(404, {});
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0 }, 'TESSERA_CANARY');
  // It alone keeps no program running.
  server.unref();
  return {
    url: `http://127.0.0.1:${port}`,
    apiKey,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

/** All of the window in one page: two days of this world are fewer events than a page holds. */
function searchAnswer(
  body: string,
  events: (since: number | undefined, upTo: number) => readonly KnownEvent[],
): object {
  const instant = (name: string) => {
    const [, text] = new RegExp(`"event\\.ingested":\\{[^}]*"${name}":"([^"]+)"`).exec(body) ?? [];
    return text === undefined ? undefined : Date.parse(text);
  };
  const hits = body.includes('"search_after"') ? [] : events(instant('gt'), instant('lte') ?? 0);
  return {
    ...{ took: 1, timed_out: false, _shards: { total: 1, successful: 1, skipped: 0, failed: 0 }, pit_id: 'pit' },
    hits: { hits: hits.map(hitOf) },
  };
}

function hitOf({ id, at, outcome }: KnownEvent, n: number): object {
  const time = new Date(at).toISOString();
  return {
    _index: 'canary',
    _id: id,
    _score: null,
    _source: {
      '@timestamp': time,
      event: { ingested: time, category: ['authentication'], action: 'ssh_login', outcome },
      user: { name: 'canary' },
      message: 'A known event.',
    },
    sort: [time, n],
  };
}
