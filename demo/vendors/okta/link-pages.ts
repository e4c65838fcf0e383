// Okta's lists: a bare array, and Link headers whose `after` is to be followed, not built.
import { type Answer, type Incoming, json } from '../exchange.ts';

/** Link lines for the same call, with `after` set for the next page. The real service sends one line each. */
export function linkHeaders(request: Incoming, after: string | undefined): readonly string[] {
  const link = (rel: string, query: URLSearchParams) => `<${request.base}${request.path}?${query}>; rel="${rel}"`;
  const lines = [link('self', request.query)];
  if (after !== undefined) {
    const query = new URLSearchParams(request.query);
    query.set('after', after);
    lines.push(link('next', query));
  }
  return lines;
}

/** One page of records that stand in a fixed order; `after` holds the id of the last one served. */
export function linkPage(request: Incoming, records: readonly { readonly id?: unknown }[], limit: number): Answer {
  const after = request.query.get('after');
  const previous = after === null ? -1 : records.findIndex((record) => `${record.id}` === unwrap(after));
  const page = records.slice(previous + 1, previous + 1 + limit);
  const last = page.at(-1);
  const more = last !== undefined && previous + 1 + page.length < records.length;
  return json(page, 200, { link: linkHeaders(request, more ? wrap(`${last.id}`) : undefined) });
}

const wrap = (id: string): string => Buffer.from(id).toString('base64url');
const unwrap = (after: string): string => Buffer.from(after, 'base64url').toString();
