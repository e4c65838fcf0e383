// Histories of issues: one issue's by startAt, or a thousand issues' by token.
import type { Json } from '../../world.ts';
import { type Answer, type Incoming, json, wholeNumber } from '../exchange.ts';
import { jiraError } from './answers.ts';

/** `GET /issue/{id}/changelog`: oldest first, at most 100 a page. */
export function changelogPage(request: Incoming, histories: readonly Json[]): Answer {
  const startAt = wholeNumber(request.query.get('startAt'), 0, 0, Number.MAX_SAFE_INTEGER);
  const maxResults = wholeNumber(request.query.get('maxResults'), 100, 1, 100);
  const values = histories.slice(startAt, startAt + maxResults);
  const url = (start: number) => `${request.base}${request.path}?startAt=${start}&maxResults=${maxResults}`;
  const isLast = startAt + values.length >= histories.length;
  return json({
    self: url(startAt),
    ...(!isLast && { nextPage: url(startAt + values.length) }),
    maxResults,
    startAt,
    total: histories.length,
    isLast,
    values,
  });
}

interface Entry {
  readonly issueId: string;
  readonly history: Json;
}

/** `POST /changelog/bulkfetch`. `find` gives an issue's id and histories, undefined when it does not exist. */
export function changelogBulk(
  body: Readonly<Record<string, unknown>>,
  find: (idOrKey: string) => { readonly id: string; readonly histories: readonly Json[] } | undefined,
): Answer {
  const ids = Array.isArray(body.issueIdsOrKeys) ? body.issueIdsOrKeys.map(String) : [];
  const fieldIds = Array.isArray(body.fieldIds) ? body.fieldIds.map(String) : undefined;
  if (ids.length === 0 || ids.length > 1000)
    return jiraError(400, 'issueIdsOrKeys must have between 1 and 1000 entries.');
  if (fieldIds && fieldIds.length > 10) return jiraError(400, 'fieldIds must have at most 10 entries.');
  const start = wholeNumber(fromToken(body.nextPageToken), 0, 0, Number.MAX_SAFE_INTEGER);
  const maxResults = wholeNumber(body.maxResults, 1000, 1, 10_000);
  const entries = ids.flatMap((idOrKey): Entry[] => {
    const issue = find(idOrKey);
    return (issue?.histories ?? []).flatMap((history) => {
      const items = withFields(history, fieldIds);
      return items.length > 0 ? [{ issueId: issue?.id ?? '', history: { ...history, items } }] : [];
    });
  });
  const page = entries.slice(start, start + maxResults);
  const groups = new Map<string, Json[]>();
  for (const { issueId, history } of page) groups.set(issueId, [...(groups.get(issueId) ?? []), history]);
  const end = start + page.length;
  return json({
    issueChangeLogs: [...groups].map(([issueId, changeHistories]) => ({ issueId, changeHistories })),
    ...(end < entries.length && { nextPageToken: Buffer.from(String(end)).toString('base64url') }),
  });
}

const fromToken = (token: unknown): string =>
  typeof token === 'string' ? Buffer.from(token, 'base64url').toString() : '';

/** Items of the wanted fields; older histories name a field without its id. */
function withFields(history: Json, fieldIds: readonly string[] | undefined): readonly unknown[] {
  const items: readonly unknown[] = Array.isArray(history.items) ? history.items : [];
  if (!fieldIds) return items;
  const wanted = (item: unknown, member: 'fieldId' | 'field') => fieldIds.includes(`${(item as Json)[member] ?? ''}`);
  return items.filter((item) => wanted(item, 'fieldId') || wanted(item, 'field'));
}
