// Fetching keeps what it promises: a page is stored before the next is asked for, calls are repeated as the vendor wishes, and a killed run goes on.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Fault } from '@tessera/base';
import type { StreamPage } from './contract.ts';
import type { OpenStream } from './define-connector.ts';
import { fetchStream } from './fetch-stream.ts';
import { KeptAnswer } from './kept-answer.ts';
import { readNote } from './page-note.ts';
import { createRateLimit } from './rate-limit.ts';
import { retryPolicy, retryWaitMs } from './retry-wait.ts';
import { testLake } from './test-lake.ts';

type Pages = OpenStream['pages'];
const page = (text: string, more: Partial<StreamPage> = {}): StreamPage => ({
  request: 'GET /things',
  status: 200,
  body: Buffer.from(text),
  receivedAt: new Date('2026-01-01T00:00:00Z'),
  records: 1,
  cursor: null,
  ...more,
});
const stream = (pages: Pages, more: Partial<OpenStream> = {}): OpenStream => ({
  name: 'things',
  about: 'Things.',
  mode: 'events',
  endpoint: 'GET /things',
  records: '$[*]',
  primaryKey: ['id'],
  pageSize: 1,
  cursorAbout: 'Position.',
  deletes: 'None.',
  retention: 'None.',
  columns: { id: { type: 'VARCHAR', path: '$.id', required: true, about: 'Id.' } },
  ...more,
  pages,
});

/** Pages 1..n by number, with the number as cursor; `before` runs before each. */
const numbered = (n: number, before: (i: number) => void = () => {}): Pages =>
  async function* ({ cursor }) {
    for (let i = Number(cursor ?? 0) + 1; i <= n; i++) {
      before(i);
      yield page(`[${i}]`, { cursor: i });
    }
  };

async function fetcher(t: TestContext) {
  const lake = await testLake(t);
  const bodies = async (run: string) => {
    const entries = await lake.lake.raw.list('okta', 'things', run);
    return Promise.all(entries.map(async (entry) => Buffer.from(await lake.lake.raw.read(entry)).toString()));
  };
  return {
    ...lake,
    bodies,
    fetch: (
      of: OpenStream,
      more: Partial<Parameters<typeof fetchStream>[0]> = {},
      from: Partial<Parameters<typeof fetchStream>[2]> = {},
    ) => fetchStream({ ...lake.needs('okta', 'run-1'), ...more }, of, { cursor: undefined, ...from }),
  };
}
const codesOf = (events: readonly { event: string; code?: string }[]) =>
  events.flatMap((event) => (event.event === 'page.retried' ? [event.code] : []));

test('each page is in raw before the next one is asked for', async (t) => {
  const lab = await fetcher(t);
  const stored: number[] = [];
  const pages: Pages = async function* () {
    for (let i = 1; i <= 3; i++) {
      stored.push((await lab.bodies('run-1')).length);
      yield page(`[${i}]`, { cursor: i });
    }
  };
  await lab.fetch(stream(pages));
  assert.deepEqual(stored, [0, 1, 2]);
});

test('a fault that may pass is repeated from the last stored page, waiting as the vendor says or by full jitter', async (t) => {
  const lab = await fetcher(t);
  const faults = new Map<number, Fault>([
    [2, new Fault('VENDOR_BUSY', { source: 'okta', waitMs: 7000 })],
    [3, new Fault('VENDOR_UNAVAILABLE', { source: 'okta', problem: 'status 503' })],
  ]);
  const pages = numbered(3, (i) => {
    const fault = faults.get(i);
    faults.delete(i);
    if (fault !== undefined) throw fault;
  });
  const { entries } = await lab.fetch(stream(pages));
  assert.deepEqual(
    entries.map((entry) => readNote(entry).cursor),
    [1, 2, 3],
  );
  assert.deepEqual(codesOf(lab.events), ['VENDOR_BUSY', 'VENDOR_UNAVAILABLE']);
  // random() is 0.5: half of the back-off's 500 ms each, on top of what was asked for.
  assert.deepEqual(lab.slept, [7250, 250]);
});

test('a fault that will not pass is not repeated, and what came before is kept', async (t) => {
  const lab = await fetcher(t);
  const refused = new Fault('VENDOR_REFUSED', { source: 'okta', status: 403, request: 'GET /things' });
  await assert.rejects(
    lab.fetch(
      stream(
        numbered(3, (i) => {
          if (i === 2) throw refused;
        }),
      ),
    ),
    { code: 'VENDOR_REFUSED' },
  );
  assert.deepEqual(await lab.bodies('run-1'), ['[1]']);
  assert.deepEqual(lab.slept, []);
});

test('repeating ends after so many failures in a row; a page in between starts the count again', async (t) => {
  const lab = await fetcher(t);
  let calls = 0;
  const down = new Fault('VENDOR_UNAVAILABLE', { source: 'okta', problem: 'status 500' });
  await assert.rejects(
    lab.fetch(
      stream(
        numbered(1, () => {
          calls++;
          throw down;
        }),
      ),
    ),
    down,
  );
  assert.equal(calls, retryPolicy.attempts);
  const flaky = new Map<number, number>();
  const pages = numbered(3, (i) => {
    flaky.set(i, (flaky.get(i) ?? 0) + 1);
    if ((flaky.get(i) ?? 0) < retryPolicy.attempts) throw down;
  });
  assert.equal((await lab.fetch(stream(pages), { run: 'run-2' })).entries.length, 3);
});

test('a vendor that asks for a very long wait is left alone until the next run', () => {
  const busy = (waitMs: number) => new Fault('VENDOR_BUSY', { source: 'okta', waitMs });
  assert.equal(
    retryWaitMs(busy(299_000), 1, () => 0, retryPolicy),
    299_000,
  );
  assert.equal(
    retryWaitMs(busy(301_000), 1, () => 0, retryPolicy),
    undefined,
  );
});

test('the back-off doubles up to its cap', () => {
  const down = new Fault('VENDOR_UNAVAILABLE', { source: 'okta', problem: 'status 500' });
  const waits = [1, 2, 3, 4, 5].map((failures) =>
    retryWaitMs(down, failures, () => 0.999_999, { ...retryPolicy, capMs: 3000 }),
  );
  assert.deepEqual(waits, [499, 999, 1999, 2999, 2999]);
});

test('an answer that cannot be read is kept, marked, and never among the pages to stage', async (t) => {
  const lab = await fetcher(t);
  let broken = true;
  const pages = numbered(2, (i) => {
    if (i !== 2 || !broken) return;
    broken = false;
    const { request, status, body, receivedAt } = page('[2,');
    throw new Fault(
      'PAGE_MALFORMED',
      { source: 'okta', problem: 'not JSON' },
      { cause: new KeptAnswer({ request, status, body, receivedAt }) },
    );
  });
  const { entries } = await lab.fetch(stream(pages));
  assert.deepEqual(
    entries.map((entry) => readNote(entry).cursor),
    [1, 2],
  );
  assert.deepEqual(await lab.bodies('run-1'), ['[1]', '[2,', '[2]']);
});

test('a run that was killed goes on under its name from its last page, and hands over all of its pages (attack 138)', async (t) => {
  const lab = await fetcher(t);
  const asked: number[] = [];
  const pages = numbered(4, (i) => void asked.push(i));
  await lab.fetch(stream(pages), { maxPages: 2 });
  const { entries, complete } = await lab.fetch(stream(pages));
  assert.deepEqual(asked, [1, 2, 3, 4]);
  assert.deepEqual(
    entries.map((entry) => entry.page),
    [1, 2, 3, 4],
  );
  assert.equal(complete, true);
});

test('what comes after the clock went back counts as received after what is staged, in its order (attack 170)', async (t) => {
  const lab = await fetcher(t);
  const newest = '2026-01-01T07:00:00.000Z';
  const instants = ['2026-01-01T00:00:00Z', '2026-01-01T09:00:00Z', '2026-01-01T08:00:00Z'];
  const pages: Pages = async function* () {
    for (const [i, at] of instants.entries()) yield page(`[${i}]`, { cursor: i, receivedAt: new Date(at) });
  };
  const { entries } = await lab.fetch(stream(pages), {}, { cursor: undefined, newest });
  assert.deepEqual(
    entries.map(({ receivedAt }) => receivedAt.toISOString()),
    ['2026-01-01T07:00:00.001Z', '2026-01-01T09:00:00.000Z', '2026-01-01T09:00:00.000Z'],
  );
});

test('an invocation fetches a bounded batch and says that more is waiting', async (t) => {
  const lab = await fetcher(t);
  const first = await lab.fetch(stream(numbered(5)), { maxPages: 2 });
  assert.deepEqual([first.entries.length, first.complete], [2, false]);
  const next = await lab.fetch(stream(numbered(5)), { maxPages: 2, run: 'run-2' }, { cursor: 2 });
  assert.deepEqual(
    next.entries.map((entry) => readNote(entry).cursor),
    [3, 4],
  );
});

test('a listing without a cursor begins anew after a failure: half of it does not count', async (t) => {
  const lab = await fetcher(t);
  let tries = 0;
  const pages: Pages = async function* () {
    tries++;
    yield page(`["first of try ${tries}"]`);
    if (tries === 1) throw new Fault('VENDOR_UNAVAILABLE', { source: 'okta', problem: 'status 500' });
    yield page(`["second of try ${tries}"]`);
  };
  const { entries } = await lab.fetch(stream(pages, { mode: 'snapshot' }));
  assert.deepEqual(
    entries.map((entry) => entry.page),
    [2, 3],
  );
});

test('parents that are done are not asked for again after a failure; the one in doubt is, as a whole', async (t) => {
  const lab = await fetcher(t);
  const asked: string[] = [];
  let failed = false;
  const pages: Pages = async function* ({ parents }) {
    for (const parent of (await parents?.()) ?? []) {
      asked.push(parent);
      yield page(`["${parent}"]`, { parent });
      if (parent === 'q' && !failed) {
        failed = true;
        throw new Fault('VENDOR_UNAVAILABLE', { source: 'okta', problem: 'status 500' });
      }
      yield page(`["${parent} too"]`, { parent });
    }
  };
  const children = stream(pages, { mode: 'children', parent: { stream: 'parents', column: 'parent_id' } });
  const { entries } = await lab.fetch(children, {}, { parents: async () => ['p', 'q', 'r'] });
  assert.deepEqual(asked, ['p', 'q', 'q', 'r']);
  assert.deepEqual(
    entries.map((entry) => readNote(entry).parent),
    ['p', 'p', 'q', 'q', 'r', 'r'],
  );
  assert.deepEqual(
    entries.map((entry) => entry.page),
    [1, 2, 4, 5, 6, 7],
  );
});

test('a cursor that the vendor forgot is dropped once, and reading starts over', async (t) => {
  const lab = await fetcher(t);
  const cursors: unknown[] = [];
  const pages: Pages = async function* ({ cursor }) {
    cursors.push(cursor);
    if (cursor === 'old') throw new Fault('CURSOR_EXPIRED', { source: 'okta', stream: 'things' });
    yield page('[1]', { cursor: 'new' });
  };
  await lab.fetch(stream(pages), {}, { cursor: 'old' });
  assert.deepEqual(cursors, ['old', undefined]);
});

test('an empty answer of a poll is not stored; one that says a parent has no children is', async (t) => {
  const lab = await fetcher(t);
  const empty: Pages = async function* () {
    yield page('[]', { records: 0, parent: 'p' });
  };
  assert.equal((await lab.fetch(stream(empty))).entries.length, 0);
  assert.equal((await lab.fetch(stream(empty, { mode: 'children' }), { run: 'run-2' })).entries.length, 1);
});

test('of a limit of n calls at most nine tenths are used in any period, measured at the vendor', async () => {
  let now = 0;
  const perMinute = 60;
  const calls: number[] = [];
  const limit = createRateLimit({
    now: () => new Date(now),
    sleep: async (ms) => {
      now += ms;
    },
    readBudget: () => {
      const period = Math.floor(now / 60_000);
      const used = calls.filter((at) => Math.floor(at / 60_000) === period).length;
      return { limit: perMinute, remaining: perMinute - used, resetMs: (period + 1) * 60_000 - now };
    },
  });
  for (let i = 0; i < 300; i++) {
    await limit.before('logs');
    calls.push(now);
    limit.after('logs', { get: () => null });
    now += 100;
  }
  for (let period = 0; period <= Math.floor(now / 60_000); period++) {
    assert.ok(calls.filter((at) => Math.floor(at / 60_000) === period).length <= perMinute * 0.9);
  }
});
