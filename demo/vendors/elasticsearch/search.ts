// `_search`: matches in order, a page after the given sort values, hits sliced out of kept JSON text.
import type { Clock } from '@tessera/base';
import type { EventLog } from '../../world.ts';
import { type Answer, type Incoming, json, jsonObject, wholeNumber } from '../exchange.ts';
import { at } from '../standing.ts';
import { elasticError } from './answers.ts';
import type { Columns, Scalar } from './columns.ts';
import { keepAlive, type PointInTime, type PointsInTime } from './points-in-time.ts';
import { compileQuery, QueryError, wildcard } from './query.ts';
import { readSearchAfter, readSort, sorter } from './sort.ts';

interface Needs {
  readonly log: EventLog;
  readonly columns: Columns;
  readonly points: PointsInTime;
  readonly now: Clock;
  /** Number of documents stored by now. */
  readonly visible: () => number;
  /** False for an index that was deleted or is hidden. */
  readonly isThere: (index: string) => boolean;
}

const window = 10_000;

/** Answers `_search`, below an index or for a point in time. */
export function searchRoute(needs: Needs): (request: Incoming, params: Readonly<Record<string, string>>) => Answer {
  return (request, { index }) => {
    const body = jsonObject(request.body);
    if (!body) return elasticError(400, 'parsing_exception', 'request body is not a JSON object');
    const size = wholeNumber(body.size ?? request.query.get('size'), 10, 0, Number.MAX_SAFE_INTEGER);
    const from = wholeNumber(body.from ?? request.query.get('from'), 0, 0, Number.MAX_SAFE_INTEGER);
    if (size + from > window)
      return illegal(
        `Result window is too large, from + size must be less than or equal to: [${window}] but was [${size + from}]`,
      );
    try {
      return body.pit === undefined
        ? withoutPit(needs, request, body, index ?? '*', size, from)
        : withPit(needs, request, body, index, size);
    } catch (error) {
      if (error instanceof QueryError) return elasticError(400, 'parsing_exception', error.message);
      throw error;
    }
  };
}

const illegal = (reason: string): Answer => elasticError(400, 'illegal_argument_exception', reason);

type Body = Readonly<Record<string, unknown>>;

function withPit(needs: Needs, request: Incoming, body: Body, index: string | undefined, size: number): Answer {
  const id = at(body.pit, 'id');
  const refused =
    ['routing', 'preference'].find((name) => request.query.has(name)) ?? (index === undefined ? undefined : 'indices');
  if (refused)
    return elasticError(400, 'action_request_validation_exception', `[${refused}] cannot be used with point in time`);
  const used = typeof id === 'string' ? needs.points.use(id, keepAlive(at(body.pit, 'keep_alive'))) : undefined;
  if (!used) return elasticError(404, 'search_context_missing_exception', 'No search context found for id [1]');
  const keys = readSort(body.sort, true);
  const after = readSearchAfter(body.search_after, keys, true);
  const order = sorter(keys, needs.columns);
  const found = matches(needs, used.pit, body, order.order);
  const start = after ? firstAfter(found, (i) => order.isAfter(i, after)) : 0;
  return answer(needs, request, body, found, start, size, order.text, used.nextId);
}

function withoutPit(needs: Needs, request: Incoming, body: Body, index: string, size: number, from: number): Answer {
  const pit: PointInTime = { visible: needs.visible(), indices: index, found: new Map() };
  const keys = readSort(body.sort ?? request.query.get('sort')?.split(','), false);
  const after = readSearchAfter(body.search_after, keys, false);
  const order = sorter(keys, needs.columns);
  const found = matches(needs, pit, body, order.order);
  if (body.aggs !== undefined) return countByIndex(needs, request, found, body);
  const start = after ? firstAfter(found, (i) => order.isAfter(i, after)) : from;
  return answer(needs, request, body, found, start, size, keys.length > 0 ? order.text : undefined, undefined);
}

/** The one aggregation that a census needs: terms of `_index`, without hits. Only the fields that `filter_path` names are answered, as paths without wildcards. */
function countByIndex({ columns }: Needs, request: Incoming, found: Uint32Array, body: Body): Answer {
  const [[name, about] = ['', undefined]] = Object.entries(body.aggs as Readonly<Record<string, unknown>>);
  if (at(about, 'terms.field') !== '_index') return illegal(`[${name}] is no aggregation that this server knows`);
  const counts = new Map<string, number>();
  for (const i of found) {
    const index = `${columns.values('_index', i)[0]}`;
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  const buckets = [...counts].sort().map(([key, doc_count]) => ({ key, doc_count }));
  const failed = request.fault === 'partial' ? 1 : 0;
  const whole = {
    ...{ took: 3, timed_out: request.fault === 'timed-out', _shards: { total: 2, successful: 2 - failed, failed } },
    hits: { max_score: null, hits: [] },
    aggregations: { [name]: { doc_count_error_upper_bound: 0, sum_other_doc_count: 0, buckets } },
  };
  const paths = request.query.get('filter_path')?.split(',');
  return json(paths === undefined ? whole : only(whole, paths));
}

function only(value: unknown, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => only(one, paths));
  if (paths.includes('') || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const below = paths.flatMap((path) =>
        path === name ? [''] : path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : [],
      );
      return below.length === 0 ? [] : [[name, only(inner, below)]];
    }),
  );
}

/** All matches in order, remembered in the point in time for the next page. */
function matches(
  { log, columns, now, isThere }: Needs,
  pit: PointInTime,
  body: Body,
  order: (a: number, b: number) => number,
): Uint32Array {
  const key = JSON.stringify([body.query, body.sort]);
  const kept = pit.found.get(key);
  if (kept) return kept;
  const test = compileQuery(body.query, columns, now());
  const inIndex = indexTest(pit.indices);
  const found: number[] = [];
  const there = new Map<string, boolean>();
  const isIn = (name: string) => {
    const known = there.get(name) ?? (inIndex(name) && isThere(name));
    there.set(name, known);
    return known;
  };
  for (let i = 0; i < pit.visible && i < log.length; i++)
    if (test(i) && isIn(`${columns.values('_index', i)[0]}`)) found.push(i);
  const sorted = Uint32Array.from(found.sort(order));
  pit.found.clear();
  pit.found.set(key, sorted);
  return sorted;
}

/** Comma list of names with wildcards. */
export function indexTest(indices: string): (name: string) => boolean {
  if (indices === '_all' || indices === '') return () => true;
  const patterns = indices.split(',').map(wildcard);
  return (name) => patterns.some((pattern) => pattern.test(name));
}

function firstAfter(found: Uint32Array, isAfter: (i: number) => boolean): number {
  let low = 0;
  let high = found.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAfter(found[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function answer(
  { log }: Needs,
  request: Incoming,
  body: Body,
  found: Uint32Array,
  start: number,
  size: number,
  sortText: ((i: number) => string) | undefined,
  pitId: string | undefined,
): Answer {
  // A failed shard or a timeout comes with 200 and with fewer hits than there are.
  const incomplete = request.fault === 'partial' || request.fault === 'timed-out';
  const page = found.subarray(start, start + (incomplete ? size >> 1 : size));
  const hits = Array.from(page, (i) => hit(log.json(i), body._source, sortText?.(i)));
  const total = { value: Math.min(found.length, window), relation: found.length > window ? 'gte' : 'eq' };
  const tracked = body.track_total_hits ?? request.query.get('track_total_hits') ?? true;
  const exact = { value: found.length, relation: 'eq' };
  const totalText =
    `${tracked}` === 'false' ? '' : `"total":${JSON.stringify(body.track_total_hits === true ? exact : total)},`;
  const failed = request.fault === 'partial' ? 1 : 0;
  const failures = failed
    ? `,"failures":[{"shard":1,"index":"tessera","node":"demo","reason":{"type":"node_disconnected_exception","reason":"node disconnected"}}]`
    : '';
  return json(
    `{"took":3,"timed_out":${request.fault === 'timed-out'},` +
      `"_shards":{"total":2,"successful":${2 - failed},"skipped":0,"failed":${failed}${failures}},` +
      (pitId === undefined ? '' : `"pit_id":"${pitId}",`) +
      `"hits":{${totalText}"max_score":null,"hits":[${hits.join(',')}]}}`,
  );
}

/** The document's text with score and sort values put in; only a _source filter makes it parse. */
function hit(text: string, source: unknown, sortText: string | undefined): string {
  const tail = `,"_score":null${sortText === undefined ? '' : `,"sort":[${sortText}]`}}`;
  if (source === undefined || source === true || source === null) return text.slice(0, -1) + tail;
  const { _source, ...rest } = JSON.parse(text) as Record<string, unknown>;
  const wanted: unknown = Array.isArray(source) || typeof source === 'string' ? source : at(source, 'includes');
  if (source === false) return JSON.stringify(rest).slice(0, -1) + tail;
  const names = (Array.isArray(wanted) ? wanted : wanted === undefined ? ['*'] : [wanted]).map(String);
  const picked = names.includes('*')
    ? _source
    : names.reduce((into, name) => pick(_source, name.replace(/\.\*$/, ''), into), {});
  return JSON.stringify({ ...rest, _source: picked }).slice(0, -1) + tail;
}

function pick(source: unknown, path: string, into: Record<string, unknown>): Record<string, unknown> {
  const value = at(source, path);
  if (value === undefined) return into;
  const names = path.split('.');
  const last = names.pop() ?? '';
  let level = into;
  for (const name of names) {
    level[name] = { ...(level[name] as Record<string, unknown> | undefined) };
    level = level[name] as Record<string, unknown>;
  }
  level[last] = value as Scalar;
  return into;
}
