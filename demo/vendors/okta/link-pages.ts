// Okta's lists: a bare array, and Link headers whose `after` is to be followed, not built.
import { type Answer, type Incoming, json } from '../exchange.ts';
import { positionAfter, positionToken } from '../standing.ts';

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

/** One page of records that stand in a fixed order; `after` names the last one served. */
export function linkPage(request: Incoming, records: readonly { readonly id?: unknown }[], limit: number): Answer {
  const after = request.query.get('after');
  const start = after === null ? 0 : positionAfter(records, after);
  const page = records.slice(start, start + limit);
  const more = page.length > 0 && start + page.length < records.length;
  return json(page, 200, {
    link: linkHeaders(request, more ? positionToken(records, start + page.length - 1) : undefined),
  });
}
