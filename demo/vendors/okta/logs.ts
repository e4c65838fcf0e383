// The System Log: polling (by time of storage, endless) and bounded queries (by time of the event, finite). Pages are sliced out of kept JSON text.
import type { Clock } from '@tessera/base';
import type { EventLog } from '../../world.ts';
import { type Answer, type Incoming, json } from '../exchange.ts';
import { instant } from '../standing.ts';
import { oktaError } from './answers.ts';
import { linkHeaders } from './link-pages.ts';
import { type Filter, parseScim } from './scim-filter.ts';

const dayMs = 86_400_000;
/** The real service keeps 90 days and answers for 180; the stand-in keeps all 180, with a minute for clocks that differ. */
const oldestMs = 180 * dayMs + 60_000;

/** Answers `GET /api/v1/logs` as of `now`. */
export function logRoute(log: EventLog, now: Clock): (request: Incoming) => Answer {
  let byPublished: Uint32Array | undefined;
  const published = () => {
    byPublished ??= Uint32Array.from({ length: log.length }, (_, i) => i).sort(
      (a, b) => log.occurredAt(a) - log.occurredAt(b) || a - b,
    );
    return byPublished;
  };

  return (request) => {
    const read = readQuery(request.query, now().getTime());
    if ('status' in read) return read;
    const visible = firstAt(log.length, (i) => log.persistedAt(i) > now().getTime());
    return read.polling ? poll(log, visible, read, request) : between(log, published(), visible, read, request);
  };
}

interface LogQuery {
  readonly polling: boolean;
  readonly descending: boolean;
  readonly since: number;
  readonly until: number;
  readonly limit: number;
  readonly after: { readonly time: number; readonly index: number } | undefined;
  readonly keep: (text: string) => boolean;
}

function readQuery(query: URLSearchParams, now: number): LogQuery | Answer {
  const limit = query.has('limit') ? Number(query.get('limit')) : 100;
  if (!Number.isInteger(limit) || limit < 0 || limit > 1000)
    return oktaError('E0000001', 'limit must be between 0 and 1000');
  const order = query.get('sortOrder')?.toUpperCase() ?? 'ASCENDING';
  if (order !== 'ASCENDING' && order !== 'DESCENDING') return oktaError('E0000001', 'sortOrder');
  const until = query.has('until') ? instant(query.get('until')) : now;
  if (until === undefined) return oktaError('E0000001', 'until is not a date');
  const since = query.has('since') ? instant(query.get('since')) : until - 7 * dayMs;
  if (since === undefined) return oktaError('E0000001', 'since is not a date');
  const after = query.has('after') ? /^(\d+)_(\d+)$/.exec(query.get('after') ?? '') : undefined;
  if (after === null) return oktaError('E0000001', 'after');
  const position = after && { time: Number(after[1]), index: Number(after[2]) };
  if ((position?.time ?? since) < now - oldestMs) return oktaError('E0000053');
  const filter = query.get('filter');
  const parsed = filter === null ? undefined : parseScim(filter);
  if (filter !== null && (!parsed || parsed.attributes.has('published'))) return oktaError('E0000031', filter);
  return {
    polling: !query.has('until') && order === 'ASCENDING',
    descending: order === 'DESCENDING',
    since,
    until,
    limit,
    after: position,
    keep: keeper(parsed, query.get('q')),
  };
}

function keeper(filter: Filter | undefined, q: string | null): LogQuery['keep'] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return (text) => {
    const lower = words.length > 0 ? text.toLowerCase() : '';
    return words.every((word) => lower.includes(word)) && (!filter || filter.test(JSON.parse(text)));
  };
}

/** Always with a next link: on an empty page it repeats where it stood. It keeps `since` beside `after`, as the real links do. */
function poll(log: EventLog, visible: number, query: LogQuery, request: Incoming): Answer {
  const start = query.after?.index ?? firstAt(log.length, (i) => log.persistedAt(i) >= query.since);
  const texts: string[] = [];
  let i = start;
  for (; i < visible && texts.length < query.limit; i++) {
    const text = log.json(i);
    if (query.keep(text)) texts.push(text);
  }
  const time = i > start ? log.persistedAt(i - 1) : (query.after?.time ?? query.since);
  return page(request, texts, `${time}_${Math.max(i, start)}`);
}

/** Ordered by `published`; what the vendor stores after the page was served is missed, as the real service warns. */
function between(log: EventLog, order: Uint32Array, visible: number, query: LogQuery, request: Incoming): Answer {
  const from = firstAt(order.length, (n) => log.occurredAt(order[n]!) >= query.since);
  const to = firstAt(order.length, (n) => log.occurredAt(order[n]!) >= query.until);
  const step = query.descending ? -1 : 1;
  const first = query.descending ? to - 1 : from;
  let n = query.after ? query.after.index : first;
  const texts: string[] = [];
  for (; n >= from && n < to && texts.length < query.limit; n += step) {
    const event = order[n]!;
    if (event >= visible) continue;
    const text = log.json(event);
    if (query.keep(text)) texts.push(text);
  }
  const more = texts.length === query.limit && texts.length > 0 && n >= from && n < to;
  return page(request, texts, more ? `${log.occurredAt(order[n]!)}_${n}` : undefined);
}

const page = (request: Incoming, texts: readonly string[], after: string | undefined): Answer =>
  json(`[${texts.join(',')}]`, 200, { link: linkHeaders(request, after) });

/** First index for which `reached` holds, in a sequence where it stays true once true. */
function firstAt(length: number, reached: (i: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
