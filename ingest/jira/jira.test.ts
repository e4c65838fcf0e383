// What is peculiar to Jira Cloud: every trap that we know of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, readPages } from '../stub-vendor.ts';
import { changelogs } from './changelogs.ts';
import { jira } from './index.ts';
import { issueIds } from './issue-ids.ts';
import { issues } from './issues.ts';
import { projects } from './projects.ts';
import { statuses } from './statuses.ts';
import { me, missing, searchPath, secret, site } from './stub-site.ts';
import { users } from './users.ts';

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
