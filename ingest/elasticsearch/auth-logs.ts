// Authentication events (ECS) of the indices: a window of storage time, read through a point in time.
import { Fault } from '@tessera/base';
import type { BronzeColumn, StreamDefinition } from '../contract.ts';
import type { ElasticsearchClient } from './client.ts';
import { renderSearch } from './search-body.ts';

const keepAlive = '5m';

interface Cursor {
  /** All until here is read. */
  readonly since?: string;
  /** In the middle of a window: its end, the newest id of the point in time, and the text of the last sort values. */
  readonly upTo?: string;
  readonly pit?: string;
  readonly after?: string;
}

/** A field of the document may be nested or have a dotted name, and hold one value or several. */
const ecs = (field: string, about: string, type: BronzeColumn['type'] = 'VARCHAR'): BronzeColumn => ({
  type,
  path: [`$._source.${field}`, `$._source."${field}"`],
  first: true,
  about,
});

export const authLogs: StreamDefinition<ElasticsearchClient> = {
  name: 'auth_logs',
  about: 'Documents whose event.category is authentication, each once.',
  mode: 'events',
  endpoint: 'POST /{index}/_pit, POST /_search',
  records: '$.hits.hits[*]',
  hook: { records: '$.hits.hits[*]' },
  primaryKey: ['index', 'id'],
  occurredAt: 'timestamp',
  ownedBy: { path: '$._source.organization.id', setting: 'organizationId' },
  pageSize: 5000,
  cursorAbout:
    'End of the last window of event.ingested (set when the document is stored), so that a document with an old @timestamp is still found; a document without it is looked for by @timestamp, an hour back. The window ends `lagMs` before now.',
  deletes: 'Documents are never deleted; retention at the source does not reach here.',
  retention: "As the index's lifecycle policy says.",
  alsoKnown: ['_score', '_source', 'sort', 'fields', '_type', '_version', '_seq_no', '_primary_term', '_ignored'],
  columns: {
    index: {
      type: 'VARCHAR',
      path: '$._index',
      required: true,
      about: 'Backing index; ids are unique within it only.',
    },
    id: { type: 'VARCHAR', path: '$._id', required: true, about: 'Id of the document.' },
    timestamp: {
      ...ecs('@timestamp', 'When it happened.', 'TIMESTAMPTZ'),
      path: ['$._source."@timestamp"'],
      required: true,
      epoch: true,
    },
    event_ingested: { ...ecs('event.ingested', 'When it was stored.', 'TIMESTAMPTZ'), epoch: true },
    event_action: ecs('event.action', 'What was tried, for example ssh_login.'),
    event_outcome: ecs('event.outcome', 'success, failure or unknown.'),
    event_category: {
      type: 'VARCHAR',
      path: ['$._source.event.category', '$._source."event.category"'],
      orJson: true,
      about: 'Category, or all of them as a JSON array.',
    },
    user_name: ecs('user.name', 'Name of the account.'),
    user_email: ecs('user.email', 'E-mail of the account.'),
    user_id: ecs('user.id', 'Id of the account.'),
    source_ip: ecs('source.ip', 'Address that it came from.'),
    country: ecs('source.geo.country_name', 'Country by address.'),
    message: { type: 'VARCHAR', path: '$._source.message', about: 'The log line.' },
  },
  pages: async function* ({ client, cursor, now }) {
    let held = (cursor ?? {}) as Cursor;
    for (;;) {
      const latest = new Date(now().getTime() - client.lagMs).toISOString();
      const upTo = held.upTo ?? latest;
      yield* readWindow(client, { ...held, upTo });
      held = { since: upTo };
      // A window that an earlier run left open ends where that run stood: go on to now.
      if (upTo >= latest) return;
    }
  },
  window: async function* ({ client, from, to }) {
    // A window leaves out its first instant.
    const since = new Date(from.getTime() - 1).toISOString();
    for await (const { cursor: _cursor, ...page } of readWindow(client, { since, upTo: to.toISOString() })) yield page;
  },
};

async function* readWindow(client: ElasticsearchClient, held: Cursor & { readonly upTo: string }) {
  const { since, upTo } = held;
  const window = { upTo, ...(since === undefined ? {} : { since }) };
  let { pit, after } = held;
  let from: string | undefined;
  let reopened = false;
  for (;;) {
    pit ??= await client.openPit(keepAlive);
    const body = renderSearch({
      window,
      pit,
      keepAlive,
      size: authLogs.pageSize,
      ...(after === undefined ? {} : { after }),
      ...(from === undefined ? {} : { from }),
    });
    const answer = await client.search(body);
    if (answer === undefined) {
      if (reopened)
        throw new Fault('VENDOR_UNAVAILABLE', { source: 'elasticsearch', problem: 'points in time do not last' });
      // Its tiebreak means nothing in another one: begin again at the last instant, whose documents may come twice.
      reopened = true;
      from = after === undefined ? undefined : firstOf(after);
      pit = undefined;
      after = undefined;
      continue;
    }
    reopened = false;
    pit = answer.pit ?? pit;
    after = answer.after ?? after;
    const last = answer.page.records < authLogs.pageSize;
    const inside: Cursor = { ...window, pit, ...(after === undefined ? {} : { after }) };
    yield { ...answer.page, cursor: last ? ({ since: upTo } satisfies Cursor) : inside };
    if (last) break;
  }
  await client.closePit(pit);
}

/** First sort value: the instant. */
const firstOf = (sort: string): string => String((JSON.parse(sort) as unknown[])[0]);
