// Jira Cloud's habits: bounded JQL, minutes in the owner's zone, tokens and short pages, anonymous visitors.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { VendorOptions } from '@tessera/demo';
import { ask, serveVendor } from './serve.ts';
import { asOf, daysBefore } from './small-world.ts';

async function open(t: TestContext, options: Partial<VendorOptions> = {}) {
  const served = await serveVendor(t, 'jira', options);
  const { email, apiToken } = served.credentials.jira;
  const headers = {
    authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  const call = (path: string, body?: unknown) =>
    ask(
      `${served.origin}/rest/api/3${path}`,
      body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
    );
  const search = async (body: Readonly<Record<string, unknown>>) => {
    const pages: Page[] = [];
    for (let nextPageToken: string | undefined; pages.length === 0 || nextPageToken !== undefined; ) {
      pages.push((await call('/search/jql', { ...body, ...(nextPageToken && { nextPageToken }) })).body as Page);
      nextPageToken = pages.at(-1)?.nextPageToken;
    }
    return { pages, issues: pages.flatMap(({ issues }) => issues) };
  };
  return { ...served, call, search };
}
interface Page {
  readonly issues: readonly {
    readonly id: string;
    readonly key?: string;
    readonly fields?: unknown;
    readonly changelog?: { readonly total: number; readonly histories: readonly unknown[] };
  }[];
  readonly nextPageToken?: string;
  readonly isLast: boolean;
}

test('an unbounded search is refused, the old search is gone', async (t) => {
  const { call } = await open(t);
  for (const jql of ['', 'order by updated']) assert.match((await call('/search/jql', { jql })).text, /Unbounded JQL/);
  assert.equal((await call('/search', { jql: 'project = OPS' })).status, 410);
  assert.equal((await call('/search?jql=project=OPS')).status, 410);
  assert.equal((await call('/search/jql', { jql: 'nonsense = 1' })).status, 400);
  assert.equal((await call('/search/jql', { jql: 'project = ' })).status, 400);
});

test('ids only by default, up to 5000 a page; with fields at most 100', async (t) => {
  const { search } = await open(t);
  const census = await search({ jql: 'project = OPS', maxResults: 5000 });
  assert.equal(census.pages.length, 1);
  assert.equal(census.issues.length, 129);
  assert.deepEqual(Object.keys(census.issues[0] ?? {}), ['id']);
  const { pages } = await search({ jql: 'project = OPS', maxResults: 5000, fields: ['status'] });
  assert.equal(pages[0]?.issues.length, 100);
  assert.deepEqual(Object.keys((pages[0]?.issues[0]?.fields ?? {}) as object), ['status']);
});

test('pages may be short or empty although more follow; tokens lose and repeat nothing', async (t) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { search } = await open(t, { seed });
    const { pages, issues } = await search({
      jql: 'project = OPS ORDER BY updated ASC, id ASC',
      maxResults: 7,
      fields: ['updated'],
    });
    assert.equal(new Set(issues.map(({ id }) => id)).size, 129);
    assert.equal(issues.length, 129);
    assert.ok(
      pages.slice(0, -1).some((one) => one.issues.length < 7),
      `seed ${seed}`,
    );
    assert.deepEqual([pages.at(-1)?.isLast, pages.at(-1)?.nextPageToken], [true, undefined]);
  }
});

test('dates as text are minutes in the zone of the token owner; epoch milliseconds are exact', async (t) => {
  const { search, call } = await open(t);
  const updated = Date.parse(daysBefore(30));
  assert.equal(daysBefore(30), '2026-01-30T00:00:00.000Z');
  const count = async (clause: string) =>
    (await search({ jql: `updated >= ${clause}`, maxResults: 5000 })).issues.length;
  assert.equal(await count(String(updated + 65_000)), 64);
  assert.equal(await count('"2026/01/29 19:01"'), 69);
  assert.equal(await count('"2026-01-30 00:01"'), 0, 'read as New York, not as UTC');
  assert.equal((await call('/search/jql', { jql: 'updated >= "2026/01/29 19:01:30"' })).status, 400, 'no seconds');
});

test('a token is bound to its query and ends after seven days', async (t) => {
  const { call, clock } = await open(t);
  const jql = 'project = OPS';
  const first = (await call('/search/jql', { jql, maxResults: 10 })).body as Page;
  const next = (query: string) =>
    call('/search/jql', { jql: query, maxResults: 10, nextPageToken: first.nextPageToken });
  assert.equal((await next('project = OTHER')).status, 400);
  assert.equal((await next(jql)).status, 200);
  clock.set(new Date(Date.parse(asOf) + 8 * 86_400_000));
  assert.equal((await next(jql)).status, 400);
});

test('an issue that moves while pages are read is seen again, and no other is lost', async (t) => {
  const { call, clock } = await open(t);
  clock.set(daysBefore(21));
  const jql = 'project = OPS ORDER BY updated ASC';
  const ids: string[] = [];
  let nextPageToken: string | undefined;
  do {
    const page = (await call('/search/jql', { jql, maxResults: 50, fields: ['updated'], nextPageToken })).body as Page;
    ids.push(...page.issues.map(({ id }) => id));
    nextPageToken = page.nextPageToken;
    clock.set(daysBefore(19));
  } while (nextPageToken);
  assert.equal(new Set(ids).size, 130);
});

test('changelogs: oldest first by startAt, in bulk by token with only the wanted fields, cut to 40 in a search', async (t) => {
  const { call, search } = await open(t);
  const first = (await call('/issue/OPS-1/changelog')).body as { values: unknown[]; total: number; isLast: boolean };
  assert.deepEqual([first.values.length, first.total, first.isLast], [100, 140, false]);
  const histories: unknown[] = [];
  let nextPageToken: string | undefined;
  do {
    const page = (
      await call('/changelog/bulkfetch', {
        issueIdsOrKeys: ['10001', '10002', 'none'],
        fieldIds: ['status'],
        maxResults: 60,
        nextPageToken,
      })
    ).body as {
      issueChangeLogs: { issueId: string; changeHistories: { items: unknown[] }[] }[];
      nextPageToken?: string;
    };
    histories.push(...page.issueChangeLogs.flatMap(({ changeHistories }) => changeHistories));
    assert.ok(
      page.issueChangeLogs.every(({ changeHistories }) => changeHistories.every(({ items }) => items.length === 1)),
    );
    nextPageToken = page.nextPageToken;
  } while (nextPageToken);
  assert.equal(histories.length, 140);
  const { issues } = await search({ jql: 'key = OPS-1', fields: ['status'], expand: 'changelog' });
  assert.deepEqual([issues[0]?.changelog?.total, issues[0]?.changelog?.histories.length], [140, 40]);
});

test('a deleted issue is nowhere, an archived project only on request', async (t) => {
  const { call, clock } = await open(t);
  assert.equal((await call('/issue/10129/changelog')).status, 404);
  clock.set(daysBefore(2));
  assert.equal((await call('/issue/10129/changelog')).status, 200);
  const projects = async (query: string) =>
    ((await call(`/project/search${query}`)).body as { values: { key: string }[] }).values.map(({ key }) => key);
  assert.deepEqual(await projects(''), ['OPS']);
  assert.deepEqual(await projects('?status=live&status=archived'), ['OPS', 'OLD']);
  assert.deepEqual((await call('/search/approximate-count', { jql: 'project = OPS' })).body, { count: 130 });
});

test('bad credentials give an anonymous visitor: 200 without issues, and a header that says so', async (t) => {
  const { origin } = await open(t);
  const headers = { authorization: `Basic ${Buffer.from('a@b:c').toString('base64')}` };
  const me = await ask(`${origin}/rest/api/3/myself`, { headers });
  assert.deepEqual([me.status, me.body], [401, undefined]);
  const search = await ask(`${origin}/rest/api/3/search/jql?jql=project=OPS`, { headers });
  assert.equal(search.status, 200);
  assert.deepEqual((search.body as Page).issues, []);
  assert.equal(search.headers.get('x-seraph-loginreason'), 'AUTHENTICATED_FAILED');
});

test('a 429 says until when in three ways', async (t) => {
  const { call, vendor } = await open(t);
  vendor.inject('busy');
  const refused = await call('/status');
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get('retry-after'), '1');
  assert.match(refused.headers.get('x-ratelimit-reset') ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/);
  assert.equal(refused.headers.get('ratelimit-reason'), 'jira-burst-based');
});
