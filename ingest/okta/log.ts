// Okta's System Log by polling: in the order in which Okta stored the events, so that late ones come too; the next link, whole, is the cursor.
import { Fault } from '@tessera/base';
import type { StreamDefinition } from '../contract.ts';
import type { OktaClient, OktaPage } from './client.ts';

const dayMs = 86_400_000;
/** Okta answers for 180 days back (and keeps 90). */
const longestMs = 180 * dayMs;
/** A restart reads this much again before the newest event it has; the copies are left out by uuid. */
const overlapMs = 86_400_000;
const clockMarginMs = 3_600_000;

interface Cursor {
  readonly next: string;
  /** Newest `published` so far, to start again from when the link has grown too old. */
  readonly published?: string;
}

export const log: StreamDefinition<OktaClient> = {
  name: 'log',
  about: 'Events of the System Log, each once.',
  mode: 'events',
  // Without debug_data since 2: no model read it, and it cost nearly a tenth of staging; the record in raw has it.
  version: 2,
  endpoint: 'GET /api/v1/logs?sortOrder=ASCENDING&since=…',
  records: '$[*]',
  hook: { records: '$.data.events[*]' },
  primaryKey: ['uuid'],
  occurredAt: 'published',
  pageSize: 1000,
  cursorAbout:
    'The next link of the last page, as a whole: polling (no `until`, ascending) is ordered by storage, so late events are not missed. A link that Okta no longer takes (180 days) is replaced by a start one day before the newest event seen.',
  deletes: 'Events are never deleted.',
  retention: '90 days at Okta.',
  alsoKnown: [
    'severity',
    'legacyEventType',
    'displayMessage',
    'client',
    'device',
    'securityContext',
    'request',
    'version',
    'authenticationContext',
    'transaction',
    'debugContext',
    'actor',
    'outcome',
  ],
  columns: {
    uuid: { type: 'VARCHAR', path: '$.uuid', required: true, about: 'Id of the event.' },
    published: { type: 'TIMESTAMPTZ', path: '$.published', required: true, about: 'When it happened.' },
    event_type: { type: 'VARCHAR', path: '$.eventType', required: true, about: 'For example user.session.start.' },
    outcome_result: {
      type: 'VARCHAR',
      path: '$.outcome.result',
      about:
        'SUCCESS, FAILURE, SKIPPED, ALLOW, DENY, CHALLENGE, UNKNOWN, RATE_LIMIT, DEFERRED, SCHEDULED, ABANDONED, UNANSWERED.',
    },
    outcome_reason: { type: 'VARCHAR', path: '$.outcome.reason', about: 'For example INVALID_CREDENTIALS.' },
    actor_id: { type: 'VARCHAR', path: '$.actor.id', about: "Who acted; 'unknown' for a login that nobody has." },
    actor_type: { type: 'VARCHAR', path: '$.actor.type', about: 'User, SystemPrincipal, PublicClientApp, …' },
    actor_login: { type: 'VARCHAR', path: '$.actor.alternateId', about: "The actor's login." },
    actor_name: { type: 'VARCHAR', path: '$.actor.displayName', about: "The actor's name." },
    client_ip: {
      type: 'VARCHAR',
      path: ['$.client.ipAddress', '$.request.ipChain[0].ip'],
      about: 'Address of the client.',
    },
    client_zone: {
      type: 'VARCHAR',
      path: '$.client.zone',
      nullIf: ['null'],
      about: "Network zone; the vendor writes the text 'null' for none.",
    },
    client_country: { type: 'VARCHAR', path: '$.client.geographicalContext.country', about: 'Country by address.' },
    client_city: { type: 'VARCHAR', path: '$.client.geographicalContext.city', about: 'City by address.' },
    user_agent: { type: 'VARCHAR', path: '$.client.userAgent.rawUserAgent', about: 'Browser or program.' },
    root_session_id: {
      type: 'VARCHAR',
      path: '$.authenticationContext.rootSessionId',
      about: 'Session that others grew from.',
    },
    external_session_id: {
      type: 'VARCHAR',
      path: '$.authenticationContext.externalSessionId',
      nullIf: ['unknown'],
      about: 'Session; null on a failed sign-in.',
    },
    transaction_id: { type: 'VARCHAR', path: '$.transaction.id', about: 'Request that the event belongs to.' },
    factor: {
      type: 'VARCHAR',
      path: '$.debugContext.debugData.factor',
      about: 'PASSWORD_AS_FACTOR, OKTA_VERIFY_PUSH, FIDO_WEBAUTHN, …',
    },
    targets: { type: 'JSON', path: '$.target', about: 'What was acted on; search by type, the order means nothing.' },
  },
  pages: async function* ({ client, cursor, now }) {
    const held = cursor as Cursor | undefined;
    let published = held?.published;
    let at = held?.next ?? startAt(new Date(now().getTime() - longestMs));
    let restarts = 0;
    let short = 0;
    for (;;) {
      const page = await client.page(at, { stream: 'log', remembered: at === held?.next }).catch((fault: unknown) => {
        if (!(fault instanceof Fault) || fault.code !== 'CURSOR_EXPIRED' || restarts++ > 0) throw fault;
        return undefined;
      });
      if (page === undefined) {
        const oldest = now().getTime() - longestMs + clockMarginMs;
        at = startAt(new Date(Math.max(oldest, published === undefined ? 0 : Date.parse(published) - overlapMs)));
        continue;
      }
      const { next, json, ...answer } = page;
      if (next === undefined)
        throw new Fault('PAGE_MALFORMED', { source: 'okta', problem: 'a page of the log without a next link' });
      published = newestOf(json, published);
      yield { ...answer, cursor: { next, ...(published === undefined ? {} : { published }) } satisfies Cursor };
      // The next link is there for ever. Empty means that we are at the end; two short pages in a row, that we keep up with events as they come.
      short = json.length < log.pageSize ? short + 1 : 0;
      if (json.length === 0 || short > 1) return;
      at = next;
    }
  },
  window: async function* ({ client, from, to }) {
    const span = `since=${encodeURIComponent(from.toISOString())}&until=${encodeURIComponent(to.toISOString())}`;
    const pages = client.list(`/api/v1/logs?${span}&sortOrder=ASCENDING&limit=${log.pageSize}`, 'log');
    for await (const { next: _next, json: _json, ...answer } of pages) yield answer;
  },
};

const startAt = (since: Date): string =>
  `/api/v1/logs?since=${encodeURIComponent(since.toISOString())}&sortOrder=ASCENDING&limit=${log.pageSize}`;

function newestOf(events: OktaPage['json'], before: string | undefined): string | undefined {
  return events.reduce<string | undefined>((newest, event) => {
    const at = (event as { published?: unknown } | null)?.published;
    return typeof at === 'string' && (newest === undefined || at > newest) ? at : newest;
  }, before);
}
