// Pages of Jira's search: tokens instead of offsets, no total, pages as short as the vendor likes.
import { Fault } from '@tessera/base';
import { z } from 'zod';
import { pageOf, readJson } from '../vendor-call.ts';
import type { JiraClient } from './client.ts';

const searchPage = z.looseObject({
  issues: z.array(z.looseObject({ fields: z.looseObject({ updated: z.unknown() }).optional() })),
  nextPageToken: z.string().nullish(),
});

/** An instant before any issue, for a search that must be bounded: early in 1973, in digits enough to be read as milliseconds. */
export const beforeAnyIssueMs = 100_000_000_000;

export interface SearchQuery {
  /** Must restrict something: an unbounded search is refused with 400. */
  readonly jql: string;
  /** Must be given: without it only ids come. */
  readonly fields: readonly string[];
  readonly maxResults: number;
}

/**
 * Follows nextPageToken until a page has none: a page shorter than maxResults, or an empty one, says nothing about the end.
 * Refuses a token that it has seen before (PAGE_MALFORMED), which would go round for ever; a `token` of an earlier run that the vendor no longer takes (they live 7 days) is CURSOR_EXPIRED.
 */
export async function* searchPages(client: JiraClient, query: SearchQuery, token?: string) {
  const tokens = new Set<string>(token === undefined ? [] : [token]);
  for (let nextPageToken = token; ; ) {
    const body = { ...query, ...(nextPageToken === undefined ? {} : { nextPageToken }) };
    const resumed = token !== undefined && nextPageToken === token;
    const answer = await client.post('/rest/api/3/search/jql', body, resumed ? [400] : []);
    if (answer.status === 400) throw new Fault('CURSOR_EXPIRED', { source: 'jira', stream: 'issues' });
    const { issues, nextPageToken: next } = readJson('jira', searchPage, answer);
    nextPageToken = next || undefined;
    if (nextPageToken !== undefined && tokens.has(nextPageToken)) {
      throw new Fault('PAGE_MALFORMED', { source: 'jira', problem: 'nextPageToken leads back' });
    }
    if (nextPageToken !== undefined) tokens.add(nextPageToken);
    yield { ...pageOf(answer, issues.length), issues, nextPageToken };
    if (nextPageToken === undefined) return;
  }
}
