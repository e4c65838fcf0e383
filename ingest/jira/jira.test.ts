// What is peculiar to Jira Cloud: every trap that we know of.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixedClock } from '@tessera/base';
import fc from 'fast-check';
import type { StreamPage } from '../contract.ts';
import { bodyOf, readPages, type StubAnswer, type StubCall, stubVendor } from '../stub-vendor.ts';
import { changelogs } from './changelogs.ts';
import { connectJira } from './client.ts';
import { jira } from './index.ts';
import { issueIds } from './issue-ids.ts';
import { issues } from './issues.ts';
import { projects } from './projects.ts';
import { statuses } from './statuses.ts';
import { users } from './users.ts';

const secret = 's3cret-api-token';
const searchPath = '/rest/api/3/search/jql';
const isProbe = (call: StubCall) => /\/my(self|permissions)/.test(call.path);
const missing: StubAnswer = { status: 404, body: { errorMessages: ['not found'], errors: {} } };

interface Probes {
  readonly myself?: StubAnswer;
  readonly permissions?: StubAnswer;
}
const me: StubAnswer = { body: { accountId: 'me', timeZone: 'America/New_York' } };

async function site(
  t: TestContext,
  answer: (call: StubCall) => StubAnswer,
  { myself = me, permissions = missing }: Probes = {},
) {
  const vendor = await stubVendor(t, (call) =>
    call.path.includes('/myself') ? myself : call.path.includes('/mypermissions') ? permissions : answer(call),
  );
  const settings = jira.settings.parse({ url: vendor.url, email: 'reader@acme.example', apiToken: secret });
  const needs = { settings, web: vendor.web, now: fixedClock('2026-01-01T00:00:00Z'), sleep: async () => {} };
  const client = await connectJira(needs);
  return { client, calls: vendor.calls, asked: () => vendor.calls.filter((call) => !isProbe(call)) };
}

interface Issue {
  readonly id: string;
  readonly updated: number;
}
/** Jira's own way to write an instant: an offset without a colon. */
const jiraTime = (ms: number, offsetMinutes: number) => {
  const sign = offsetMinutes < 0 ? '-' : '+';
  const two = (n: number) => String(n).padStart(2, '0');
  const offset = `${sign}${two(Math.floor(Math.abs(offsetMinutes) / 60))}${two(Math.abs(offsetMinutes) % 60)}`;
  return new Date(ms + offsetMinutes * 60_000).toISOString().replace('Z', offset);
};
/** What `updated >= x` means to Jira: a number is an exact instant, text is a minute in the token owner's zone. */
function lowerBound(jql: string, offsetMinutes: number): number {
  const exact = /updated >= (\d+)\b/.exec(jql)?.[1];
  if (exact !== undefined) return Number(exact);
  const text = /updated >= "(\d+)[/-](\d+)[/-](\d+) (\d+):(\d+)"/.exec(jql);
  assert.ok(text, `unbounded: ${jql}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute) - offsetMinutes * 60_000;
}
/** A search over `found()`, in order of change, `size` a page; a page token is an offset into the result as it stood at the round's start. */
function searching(found: () => readonly Issue[], { size = 2, offsetMinutes = 0 } = {}) {
  const rounds: Issue[][] = [];
  return (call: StubCall): StubAnswer => {
    const { jql, nextPageToken } = JSON.parse(call.body) as { jql: string; nextPageToken?: string };
    const [round = '', start = '0'] = nextPageToken?.split(':') ?? [];
    if (nextPageToken === undefined) {
      const from = lowerBound(jql, offsetMinutes);
      rounds.push(
        found()
          .filter(({ updated }) => updated >= from)
          .sort((a, b) => a.updated - b.updated),
      );
    }
    const list = rounds[nextPageToken === undefined ? rounds.length - 1 : Number(round)] ?? [];
    const end = Number(start) + size;
    const token = end < list.length ? `${round || rounds.length - 1}:${end}` : undefined;
    const page = list.slice(Number(start), end).map(({ id, updated }) => ({
      id,
      fields: { updated: jiraTime(updated, offsetMinutes) },
    }));
    return { body: { issues: page, ...(token === undefined ? { isLast: true } : { nextPageToken: token }) } };
  };
}
const idsOf = (pages: readonly StreamPage[]) =>
  pages.flatMap((page) => (bodyOf(page) as { issues: { id: string }[] }).issues.map(({ id }) => id));

test('a page shorter than asked for, or empty, is not the end: only a missing token is', async (t) => {
  const answers: unknown[] = [
    { issues: [{ id: '1' }], nextPageToken: 'a' },
    { issues: [], nextPageToken: 'b' },
    { issues: [{ id: '2' }] },
  ];
  const { client, asked } = await site(t, () => ({ body: answers.shift() }));
  const pages = await readPages(issues, client);
  assert.deepEqual(idsOf(pages), ['1', '2']);
  assert.deepEqual(
    asked().map((call) => JSON.parse(call.body).nextPageToken),
    [undefined, 'a', 'b'],
  );
});

test('a page token that comes twice does not go round for ever', async (t) => {
  let calls = 0;
  const { client } = await site(t, () => ({ body: { issues: [], nextPageToken: ['a', 'b'][calls++ % 2] } }));
  await assert.rejects(readPages(issues, client), { code: 'PAGE_MALFORMED' });
  assert.equal(calls, 3);
});

test('the search is bounded, names its fields (the default is ids only), and never uses the removed /search', async (t) => {
  const { client, asked } = await site(t, () => ({ body: { issues: [] } }));
  await readPages(issues, client);
  await readPages(issueIds, client);
  for (const call of asked()) {
    assert.equal(call.path, searchPath);
    assert.match(JSON.parse(call.body).jql, /^(updated|created) >= \d+ ORDER BY/);
  }
  const { fields } = JSON.parse(asked()[0]?.body ?? '');
  assert.ok(['updated', 'created', 'status', 'resolutiondate', 'project'].every((field) => fields.includes(field)));
  assert.ok(!fields.some((field: string) => /summary|description|comment|\*/.test(field)), 'no free text of people');
});

test("minute-precision JQL in the token owner's time zone: no change is lost between two runs, whatever the zone", async (t) => {
  let offsetMinutes = 0;
  let present: Issue[] = [];
  let search = searching(() => present);
  const { client } = await site(t, (call) => search(call));
  const start = Date.UTC(2026, 2, 29, 0, 30);
  const changes = fc.array(fc.integer({ min: 0, max: 3 * 3600_000 }), { minLength: 1, maxLength: 12 });
  const zone = fc.constantFrom(-720, -300, -210, 0, 60, 330, 345, 840);
  await fc.assert(
    fc.asyncProperty(changes, changes, zone, async (before, after, offset) => {
      offsetMinutes = offset;
      const first = before.map((ms, i) => ({ id: `a${i}`, updated: start + ms }));
      const newest = Math.max(...first.map(({ updated }) => updated));
      const later = after.map((ms, i) => ({ id: `b${i}`, updated: newest + ms }));
      search = searching(() => present, { offsetMinutes });
      present = first;
      const pages = await readPages(issues, client);
      present = [...first, ...later];
      const more = await readPages(issues, client, { cursor: pages.at(-1)?.cursor });
      const seen = new Set(idsOf([...pages, ...more]));
      assert.deepEqual([...seen].sort(), present.map(({ id }) => id).sort());
    }),
    { numRuns: 40 },
  );
});

test('an issue that the search shows late, though it changed earlier, is in the overlap of the next run', async (t) => {
  const now = Date.UTC(2026, 0, 1);
  let visible: Issue[] = [{ id: 'new', updated: now }];
  const { client } = await site(
    t,
    searching(() => visible),
  );
  const first = await readPages(issues, client);
  visible = [...visible, { id: 'late', updated: now - 60_000 }];
  const second = await readPages(issues, client, { cursor: first.at(-1)?.cursor });
  assert.ok(idsOf(second).includes('late'));
});

test('an issue that changes while we page is met again later, and none is passed over', async (t) => {
  const start = Date.UTC(2026, 0, 1);
  const all: Issue[] = [1, 2, 3, 4, 5].map((n) => ({ id: String(n), updated: start + n * 3600_000 }));
  const { client } = await site(
    t,
    searching(() => all),
  );
  const first = await readPages(issues, client);
  all[1] = { id: '2', updated: start + 6 * 3600_000 };
  const second = await readPages(issues, client, { cursor: first.at(-1)?.cursor });
  assert.deepEqual(idsOf(first), ['1', '2', '3', '4', '5']);
  assert.deepEqual(idsOf(second), ['5', '2']);
});

test('a run killed between pages goes on with the token, and its round ends with the newest change of all pages', async (t) => {
  const start = Date.UTC(2026, 0, 1);
  const all: Issue[] = [1, 2, 3, 4, 5].map((n) => ({ id: String(n), updated: start + n * 1000 }));
  const { client, asked } = await site(
    t,
    searching(() => all),
  );
  const killed = await readPages(issues, client, { stopAfter: 2 });
  const rest = await readPages(issues, client, { cursor: killed.at(-1)?.cursor });
  assert.deepEqual(idsOf([...killed, ...rest]), ['1', '2', '3', '4', '5']);
  assert.deepEqual(rest.at(-1)?.cursor, { since: start + 5000 });
  assert.equal(new Set(asked().map((call) => JSON.parse(call.body).jql)).size, 1, 'a token belongs to one query');
});

test('a page token that has expired (400) costs the round, not the history', async (t) => {
  const since = Date.UTC(2026, 0, 1);
  const search = searching(() => [{ id: 'x', updated: since + 1 }]);
  const { client, asked } = await site(t, (call) =>
    JSON.parse(call.body).nextPageToken === 'old' ? { status: 400, body: { errorMessages: ['token'] } } : search(call),
  );
  const pages = await readPages(issues, client, { cursor: { since, token: 'old', seen: since + 9 } });
  assert.deepEqual(idsOf(pages), ['x']);
  assert.match(JSON.parse(asked().at(-1)?.body ?? '').jql, new RegExp(`updated >= ${since - 300_000} `));
});

test('timestamps with an offset without a colon move the cursor', async (t) => {
  const { client } = await site(t, () => ({
    body: { issues: [{ id: '1', fields: { updated: '2021-03-28T08:08:12.741+0800' } }] },
  }));
  const [page] = await readPages(issues, client);
  assert.deepEqual(page?.cursor, { since: Date.UTC(2021, 2, 28, 0, 8, 12, 741) });
});

test('a dead token that is answered like an anonymous visitor (200) is refused, at the door and later', async (t) => {
  const headers = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' };
  await assert.rejects(
    site(t, () => missing, { myself: { ...me, headers } }),
    { code: 'VENDOR_REFUSED' },
  );
  const { client } = await site(t, () => ({ headers, body: { issues: [] } }));
  await assert.rejects(readPages(issueIds, client), { code: 'VENDOR_REFUSED' });
});

test('a wrong token gives 401 in plain text, and nothing of the credential is repeated', async (t) => {
  const myself = { status: 401, body: 'Client must be authenticated to access this resource.' };
  await assert.rejects(
    site(t, () => missing, { myself }),
    (fault: Error & { code?: string }) => {
      assert.equal(fault.code, 'VENDOR_REFUSED');
      const basic = Buffer.from(`reader@acme.example:${secret}`).toString('base64');
      assert.ok(![secret, basic].some((text) => JSON.stringify({ ...fault, message: fault.message }).includes(text)));
      return true;
    },
  );
});

test('an administrator is more than we need, and refused where Jira tells', async (t) => {
  const permissions = (havePermission: boolean) => ({ body: { permissions: { ADMINISTER: { havePermission } } } });
  await assert.rejects(
    site(t, () => missing, { permissions: permissions(true) }),
    { code: 'SOURCE_OVERSCOPED', message: /ADMINISTER/ },
  );
  await site(t, () => missing, { permissions: permissions(false) });
});

test('429 tells when in Retry-After seconds, or in X-RateLimit-Reset as an instant to the minute', async (t) => {
  const headers: Record<string, string>[] = [
    { 'retry-after': '12', 'x-ratelimit-reset': '2026-01-01T00:03Z' },
    { 'x-ratelimit-reset': '2026-01-01T00:03Z', 'ratelimit-reason': 'jira-burst-based' },
    { 'x-ratelimit-reset': '2025-12-31T23:59Z' },
  ];
  const { client } = await site(t, () => ({ status: 429, headers: headers.shift() ?? {}, body: '' }));
  for (const waitMs of [12_000, 180_000, 1000]) {
    await assert.rejects(readPages(issues, client), { code: 'VENDOR_BUSY', params: { source: 'jira', waitMs } });
  }
});

test('a changelog of more than 100 entries comes whole, by bulkfetch and its tokens', async (t) => {
  const histories = Array.from({ length: 250 }, (_, i) => ({ id: String(i), created: 1_767_225_600 + i, items: [] }));
  const { client, asked } = await site(t, (call) => {
    const { nextPageToken = '0' } = JSON.parse(call.body);
    const end = Number(nextPageToken) + 100;
    const group = { issueId: '10001', changeHistories: histories.slice(Number(nextPageToken), end) };
    return { body: { issueChangeLogs: [group], ...(end < histories.length ? { nextPageToken: String(end) } : {}) } };
  });
  const pages = await readPages(changelogs, client, { parents: ['10001'] });
  assert.deepEqual(
    pages.map((page) => page.records),
    [100, 100, 50],
  );
  const { fieldIds, issueIdsOrKeys } = JSON.parse(asked()[0]?.body ?? '');
  assert.ok(fieldIds.includes('status') && fieldIds.length <= 10);
  assert.deepEqual(issueIdsOrKeys, ['10001']);
});

test('histories are asked for in batches of 1000 issues, of changed issues only', async (t) => {
  const { client, asked } = await site(t, () => ({ body: { issueChangeLogs: [], nextPageToken: null } }));
  const parents = Array.from({ length: 2100 }, (_, i) => String(i));
  await readPages(changelogs, client, { parents });
  const batches = asked().map((call) => JSON.parse(call.body).issueIdsOrKeys as string[]);
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [1000, 1000, 100],
  );
  assert.deepEqual(batches.flat(), parents);
  assert.equal((await readPages(changelogs, client, { parents: [] })).length, 0);
});

test('users come as a bare array whose pages the vendor thins out: read on until nothing new comes', async (t) => {
  const accounts = Array.from({ length: 25 }, (_, i) => ({ accountId: `u${i}` }));
  const hidden = new Set(['u3', 'u11']);
  const { client } = await site(t, (call) => {
    const start = Number(call.url.searchParams.get('startAt'));
    return { body: accounts.slice(start, start + 10).filter(({ accountId }) => !hidden.has(accountId)) };
  });
  const pages = await readPages(users, client);
  const seen = new Set(
    pages.flatMap((page) => (bodyOf(page) as { accountId: string }[]).map(({ accountId }) => accountId)),
  );
  assert.equal(seen.size, 23);
});

test('a server that ignores startAt does not make us read users for ever', async (t) => {
  const { client } = await site(t, () => ({ body: [{ accountId: 'a' }] }));
  assert.equal((await readPages(users, client)).length, 2);
});

test('projects: archived ones too, page by page to isLast, and again when the list changed meanwhile', async (t) => {
  let total = 3;
  const { client, asked } = await site(t, (call) => {
    const startAt = Number(call.url.searchParams.get('startAt'));
    const values = Array.from({ length: total }, (_, i) => ({ id: String(i) })).slice(startAt, startAt + 2);
    const body = { startAt, maxResults: 2, total, isLast: startAt + 2 >= total, values };
    total = 4;
    return { body };
  });
  const pages = await readPages(projects, client);
  assert.equal(pages.length, 4);
  assert.deepEqual(asked()[0]?.url.searchParams.getAll('status'), ['live', 'archived']);
});

test('statuses keep their ids and categories, since names are translated', async (t) => {
  const { client } = await site(t, () => ({ body: [{ id: '3', name: '已完成', statusCategory: { key: 'done' } }] }));
  assert.equal((await readPages(statuses, client))[0]?.records, 1);
  assert.equal(statuses.columns.category_key?.path, '$.statusCategory.key');
});

test('deleted issues are found by a census of ids in an order that never changes', async (t) => {
  const { client, asked } = await site(t, () => ({ body: { issues: [{ id: '1' }] } }));
  assert.equal((await readPages(issueIds, client))[0]?.records, 1);
  const query = JSON.parse(asked()[0]?.body ?? '');
  assert.deepEqual([query.fields, query.maxResults], [['id'], 5000]);
  assert.match(query.jql, /ORDER BY created ASC/);
  assert.equal(issueIds.mode, 'snapshot');
  assert.equal(jira.streams.at(-1), issueIds, 'after the issues, so that a new one is not missed');
});
