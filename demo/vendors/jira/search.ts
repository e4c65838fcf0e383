// `search/jql`: bounded queries, tokens instead of offsets, short pages, ids only unless fields are asked for.
import { createHash } from 'node:crypto';
import type { Clock } from '@tessera/base';
import type { Json, Versioned } from '../../world.ts';
import { type Answer, type Incoming, json, wholeNumber } from '../exchange.ts';
import { standing } from '../standing.ts';
import { jqlError } from './answers.ts';
import { issueBean } from './issue-bean.ts';
import { type Jql, JqlError, type OrderKey, orderValues, parseJql } from './jql.ts';

interface Needs {
  readonly issues: readonly Versioned<Json>[];
  readonly changelogs: ReadonlyMap<string, readonly Json[]>;
  readonly timeZone: string;
  readonly seed: number;
  readonly now: Clock;
}

/** Tokens live seven days. */
const tokenMs = 7 * 86_400_000;

interface Token {
  readonly jql: string;
  readonly at: number;
  readonly page: number;
  readonly after: readonly (string | number)[] | null;
}

type Body = Readonly<Record<string, unknown>>;

/** Search and count over the issues as of `now`. */
export function createSearch(needs: Needs) {
  const { issues, seed, now, timeZone } = needs;
  let kept: { readonly key: string; readonly found: readonly Json[] } | undefined;

  const parse = (jql: string): Jql | Answer => {
    try {
      const parsed = parseJql(jql, { timeZone, now: now() });
      return parsed.bounded
        ? parsed
        : jqlError('Unbounded JQL queries are not allowed here. Please add a search restriction to your query.');
    } catch (error) {
      if (error instanceof JqlError) return jqlError(error.message);
      throw error;
    }
  };

  /** The keys of the query and, last, the id: a total order, so that a token can say where it stopped. */
  const matches = (jql: string, { test }: Jql, order: readonly OrderKey[]): readonly Json[] => {
    const key = `${now().getTime()}|${jql}`;
    if (kept?.key !== key) {
      const found = standing(issues, now()).filter(test);
      const values = new Map(found.map((issue) => [issue, orderValues(issue, order)]));
      kept = { key, found: found.sort((a, b) => compare(values.get(a) ?? [], values.get(b) ?? [], order)) };
    }
    return kept.found;
  };

  const search = (body: Body, request: Incoming): Answer => {
    const jql = `${body.jql ?? ''}`;
    const parsed = parse(jql);
    if ('status' in parsed) return parsed;
    const fields = fieldList(body.fields);
    const onlyIds = fields.every((field) => field === 'id' || field === 'key');
    const most = onlyIds ? 5000 : 100;
    const asked = wholeNumber(body.maxResults, 50, 1, most);
    const token =
      body.nextPageToken === undefined || body.nextPageToken === null ? undefined : readToken(`${body.nextPageToken}`);
    if (token === null || (token && (token.jql !== digest(jql) || now().getTime() - token.at > tokenMs)))
      return jqlError('The provided next page token is invalid or expired.');
    const order: readonly OrderKey[] = [...parsed.order, { field: 'id', sign: parsed.order.length > 0 ? 1 : -1 }];
    const found = matches(jql, parsed, order);
    const number = token?.page ?? 0;
    const after = token?.after ?? null;
    const start = after ? found.findIndex((issue) => compare(orderValues(issue, order), after, order) > 0) : 0;
    const from = start < 0 ? found.length : start;
    const page = found.slice(from, from + shortened(asked, `${seed}|${token?.jql ?? ''}|${number}`, number));
    const last = page.at(-1);
    const more = from + page.length < found.length;
    const next: Token = {
      jql: digest(jql),
      at: now().getTime(),
      page: number + 1,
      after: last ? orderValues(last, order) : after,
    };
    return json({
      issues: page.map((issue) =>
        issueBean(issue, request.base, fields, `${body.expand ?? ''}`, histories(needs, issue)),
      ),
      ...(more ? { nextPageToken: Buffer.from(JSON.stringify(next)).toString('base64url') } : {}),
      isLast: !more,
    });
  };

  const count = (body: Body): Answer => {
    const jql = `${body.jql ?? ''}`;
    const parsed = parse(jql);
    return 'status' in parsed ? parsed : json({ count: standing(issues, now()).filter(parsed.test).length });
  };

  return { search, count };
}

/** The histories of an issue written by `now`, oldest first. */
export function histories(needs: Pick<Needs, 'changelogs' | 'now'>, issue: Json): readonly Json[] {
  const all = needs.changelogs.get(`${issue.id}`) ?? [];
  const until = needs.now().getTime();
  return all.filter((history) => Date.parse(`${history.created}`.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) <= until);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);

function readToken(text: string): Token | null {
  try {
    const token: Partial<Token> = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof token.jql === 'string' && typeof token.at === 'number' && typeof token.page === 'number'
      ? { jql: token.jql, at: token.at, page: token.page, after: token.after ?? null }
      : null;
  } catch {
    return null;
  }
}

/** Now and then a page is shorter than asked, once in a while empty, although more follow. Never the first: tests of one page stay simple. */
function shortened(asked: number, seed: string, page: number): number {
  if (page === 0) return asked;
  const chance = createHash('sha256').update(seed).digest().readUInt32BE(0) % 20;
  return chance === 0 ? 0 : chance < 5 ? Math.max(1, Math.floor(asked * 0.7)) : asked;
}

/** Only `id` by default. */
function fieldList(fields: unknown): readonly string[] {
  const list = Array.isArray(fields) ? fields.map(String) : typeof fields === 'string' ? fields.split(',') : [];
  const names = list.map((name) => name.trim()).filter(Boolean);
  return names.length > 0 ? names : ['id'];
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[], order: readonly OrderKey[]): number {
  for (const [i, { sign }] of order.entries()) {
    const [x, y] = [a[i] ?? '', b[i] ?? ''];
    if (x !== y) return sign * (x < y ? -1 : 1);
  }
  return 0;
}
