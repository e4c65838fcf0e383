// OData collections: value, nextLink with an opaque $skiptoken, $top, $select; and Graph's habit of ignoring a $filter it does not support.
import type { Json } from '../../world.ts';
import { type Answer, type Incoming, wholeNumber } from '../exchange.ts';
import { instant, positionAfter, positionToken } from '../standing.ts';
import { graphError, graphJson } from './answers.ts';

interface Listing {
  readonly context: string;
  readonly pageSize: number;
  readonly maxTop: number;
  readonly count: boolean;
  /** Members left out unless selected: navigation properties, or all but Graph's defaults. */
  readonly shape: (record: Json) => Json;
  /** Properties that $filter works on; any other is ignored, and all records come back with 200. */
  readonly filterable: readonly string[];
}

/** One page of `records`, which stand in a fixed order of id. */
export function odataPage(request: Incoming, records: readonly Json[], listing: Listing): Answer {
  const filter = request.query.get('$filter');
  const kept = filter === null ? records : records.filter(odataFilter(filter, listing.filterable));
  const after = request.query.get('$skiptoken');
  if (after !== null && !/^\d+\|/.test(fromToken(after)))
    return graphError(400, 'BadRequest', 'Skip token is invalid.');
  const start = after === null ? 0 : positionAfter(kept, after);
  const size = wholeNumber(request.query.get('$top'), listing.pageSize, 1, listing.maxTop);
  const page = kept.slice(start, start + size);
  const more = page.length > 0 && start + page.length < kept.length;
  const select = request.query.get('$select')?.split(',');
  return graphJson({
    '@odata.context': `${request.base}/v1.0/$metadata#${listing.context}`,
    ...(listing.count && { '@odata.count': page.length }),
    ...(more && { '@odata.nextLink': nextLink(request, '$skiptoken', positionToken(kept, start + page.length - 1)) }),
    value: page.map((record) => (select ? selected(record, select) : listing.shape(record))),
  });
}

/** The same call, with one query option replaced. */
export function nextLink(request: Incoming, option: string, value: string): string {
  const query = new URLSearchParams(request.query);
  for (const name of ['$skip', '$skiptoken', '$deltatoken']) query.delete(name);
  query.set(option, value);
  return `${request.base}${request.path}?${query.toString().replace(/%24/g, '$')}`;
}

export const toToken = (text: string): string => Buffer.from(text).toString('base64url');
export const fromToken = (token: string): string => Buffer.from(token, 'base64url').toString();

const selected = (record: Json, names: readonly string[]): Json =>
  Object.fromEntries(['id', ...names].filter((name) => name in record).map((name) => [name, record[name]]));

/** `a op b and c op d` over filterable properties; an unsupported part is as if it were not there. */
function odataFilter(filter: string, filterable: readonly string[]): (record: Json) => boolean {
  const tests = filter.split(/\s+and\s+/i).flatMap((part) => {
    const [, name = '', operator = '', raw = ''] = /^\s*(\w+)\s+(eq|ne|lt|le|gt|ge)\s+(.+?)\s*$/.exec(part) ?? [];
    // Reported of the real service: `ge` on lastSyncDateTime does nothing, `lt` works.
    if (!filterable.includes(name) || (name === 'lastSyncDateTime' && operator.startsWith('g'))) return [];
    const wanted = raw.replace(/^'(.*)'$/, '$1').replace(/''/g, "'");
    return [(record: Json) => compare(record[name], operator, wanted)];
  });
  return (record) => tests.every((test) => test(record));
}

function compare(value: unknown, operator: string, wanted: string): boolean {
  const [a, b] = [instant(value), instant(wanted)];
  const order = a !== undefined && b !== undefined ? a - b : `${value}` === wanted ? 0 : `${value}` < wanted ? -1 : 1;
  const holds: Readonly<Record<string, boolean>> = {
    eq: order === 0,
    ne: order !== 0,
    lt: order < 0,
    le: order <= 0,
    gt: order > 0,
    ge: order >= 0,
  };
  return holds[operator] ?? false;
}
