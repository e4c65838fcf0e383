// The search for changed issues: what its pages, tokens, clock and delays do to a reader.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { StreamPage } from '../contract.ts';
import { bodyOf, readPages, type StubAnswer, type StubCall } from '../stub-vendor.ts';
import { issues } from './issues.ts';
import { site } from './stub-site.ts';

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
