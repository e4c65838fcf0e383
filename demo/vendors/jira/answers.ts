// Jira's bodies and its three-headed rate limit headers.
import { type Answer, json } from '../exchange.ts';
import type { Reading } from '../meter.ts';

export const jiraError = (status: number, ...messages: readonly string[]): Answer =>
  json({ errorMessages: messages, errors: {} }, status);

/** The query language's errors carry warnings instead of errors. */
export const jqlError = (message: string): Answer => json({ errorMessages: [message], warningMessages: [] }, 400);

/** ISO 8601 with minutes, and no seconds. */
const minute = (ms: number): string => `${new Date(Math.ceil(ms / 60_000) * 60_000).toISOString().slice(0, 16)}Z`;

export const limitHeaders = ({ limit, remaining }: Reading): Readonly<Record<string, string>> => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  ...(remaining < limit / 5 && { 'x-ratelimit-nearlimit': 'true' }),
});

export function tooMany({ resetAt }: Reading, now: number): { readonly answer: Answer; readonly until: number } {
  const seconds = Math.max(1, Math.ceil((resetAt - now) / 1000));
  const answer = json({ errorMessages: ['Rate limit exceeded.'], errors: {} }, 429, {
    'retry-after': String(seconds),
    'x-ratelimit-reset': minute(now + seconds * 1000),
    'ratelimit-reason': 'jira-burst-based',
  });
  return { answer, until: now + seconds * 1000 };
}
