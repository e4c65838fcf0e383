// Builds the body of one search over a point in time, as text: sort values go back byte for byte, since a long does not fit into a JavaScript number.
export interface Window {
  /** Documents stored after this; absent for all. */
  readonly since?: string;
  /** Closed upper bound, below now: a document is in this run or in the next, never in neither. */
  readonly upTo: string;
}

/** What we read of an index. */
export const authentication = { term: { 'event.category': 'authentication' } };

/** How late a document may be that carries no event.ingested, only its own time. */
const lateMs = 3_600_000;

/** Documents of the window by event.ingested; those without it by @timestamp, read again from an hour before, since nothing tells when they were stored. */
export function windowQuery({ since, upTo }: Window): object {
  const ingested = { range: { 'event.ingested': { ...(since === undefined ? {} : { gt: since }), lte: upTo } } };
  const late = since === undefined ? {} : { gt: new Date(Date.parse(since) - lateMs).toISOString() };
  const happened = {
    bool: {
      must_not: [{ exists: { field: 'event.ingested' } }],
      filter: [{ range: { '@timestamp': { ...late, lte: upTo } } }],
    },
  };
  return { bool: { should: [ingested, happened], minimum_should_match: 1 } };
}

/** `after` is the text of the last hit's sort array; `from` is where to begin again when that is of a lost point in time. */
export function renderSearch(search: {
  readonly window: Window;
  readonly pit: string;
  readonly keepAlive: string;
  readonly size: number;
  readonly after?: string;
  readonly from?: string;
}): string {
  const { window, pit, keepAlive, size, after, from } = search;
  const again = from === undefined ? [] : [{ range: { '@timestamp': { gte: from } } }];
  const body = JSON.stringify({
    size,
    track_total_hits: false,
    pit: { id: pit, keep_alive: keepAlive },
    query: { bool: { filter: [authentication, windowQuery(window), ...again] } },
    // Indices may mix date and date_nanos; in one format their sort values compare.
    sort: [{ '@timestamp': { order: 'asc', format: 'strict_date_optional_time_nanos', numeric_type: 'date_nanos' } }],
  });
  return after === undefined ? body : `${body.slice(0, -1)},"search_after":${after}}`;
}

/** Text of the last `"sort":[…]` of an answer: a hit's sort array stands after its document, so the last one is the last hit's. Strings in it hold no `]`. */
export function lastSort(answer: string): string | undefined {
  const at = answer.lastIndexOf('"sort"');
  return at < 0 ? undefined : /^"sort"\s*:\s*(\[[^\]]*\])/.exec(answer.slice(at))?.[1];
}
