// Freshness: exact however often it is brought up to date, bounded, and honest about time that nobody watched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SourceName, Tenant, TesseraEvent } from '@tessera/base';
import type { FreshnessRecord, Release, SourceAges } from '@tessera/lakehouse';
import fc from 'fast-check';
import { testLake } from '../../ingest/test-lake.ts';
import { parseTenantConfig } from '../tenant-config.ts';
import { keepFreshness, type SourceTurn } from './keep-freshness.ts';
import { reportFreshness } from './report-freshness.ts';
import { attain, attainTogether, keptDays, measure, newAges } from './source-ages.ts';
import { isFeasible } from './targets.ts';
import { watchFreshness } from './watch-freshness.ts';

const minute = 60_000;
const day = 86_400_000;
const start = Date.parse('2026-03-01T00:00:00Z');
const target = 30 * minute;

test('measuring in many small steps gives what one step gives, and every millisecond is counted once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3 * day }),
      fc.option(fc.integer({ min: -2 * day, max: 0 }), { nil: null }),
      fc.array(fc.integer({ min: 1, max: 2 * day }), { maxLength: 20 }),
      (offset, checked, steps) => {
        const from = start + offset;
        const ages = { ...newAges(from), checkedAt: checked === null ? null : from + checked };
        let last = from;
        const ends = steps.map((step) => (last += step));
        const end = Math.min(ends.at(-1) ?? from + minute, from + 20 * day);
        const once = measure(ages, end, target);
        const often = [...ends.filter((at) => at < end), end].reduce((now, at) => measure(now, at, target), ages);
        assert.deepEqual(often, once);
        const measured = once.days.reduce((sum, one) => sum + one.measured, 0);
        const within = once.days.reduce((sum, one) => sum + one.within, 0);
        const spent = once.days.flatMap((one) => one.spent).reduce((sum, ms) => sum + ms, 0);
        assert.deepEqual([measured, spent], [end - from, end - from]);
        assert.equal(within, checked === null ? 0 : Math.max(0, Math.min(end - from, checked + target)));
      },
    ),
    { numRuns: 300 },
  );
});

test('attainment over 7 and 30 days: one outage of 90 minutes after a good day', () => {
  let ages: SourceAges = { ...newAges(start), checkedAt: start };
  for (let at = start; at <= start + day; at += 15 * minute) ages = { ...measure(ages, at, target), checkedAt: at };
  assert.equal(attain(ages, start + day, 7).percent, 100);
  // Ages of 0..15 minutes in equal shares.
  assert.deepEqual([attain(ages, start + day, 7).p50, attain(ages, start + day, 7).max], [10, 15]);
  const end = start + day + 90 * minute;
  ages = measure(ages, end, target);
  const expected = (100 * (day + 30 * minute)) / (day + 90 * minute);
  assert.ok(Math.abs((attain(ages, end, 7).percent ?? 0) - expected) < 0.001);
  assert.equal(attain(ages, end, 7).max, 90);
  assert.equal(attain(ages, end + 8 * day, 7).percent, null, 'nothing was measured in those days');
  assert.ok((attain(ages, end + 8 * day, 30).percent ?? 0) > 95);
});

test('a source that was never checked keeps no promise; years of history are as small as a month', () => {
  const never = measure(newAges(start), start + day, target);
  assert.deepEqual(attain(never, start + day - 1, 7), {
    ...{ percent: 0, measuredMinutes: 1440, p50: null, p95: null, max: null },
  });
  const old = measure({ ...newAges(start), checkedAt: start }, start + 3000 * day + minute, target);
  assert.equal(old.days.length, keptDays);
  assert.ok(JSON.stringify(old).length < 8000);
});

test('a clock set back measures nothing twice; one that was years ahead does not stop the measuring', () => {
  const ages = measure({ ...newAges(start), checkedAt: start }, start + 60 * minute, target);
  assert.equal(measure(ages, start + 30 * minute, target), ages);
  const lost = measure(ages, start + 700 * day, target);
  const back = measure(lost, start + 2 * day, target);
  assert.equal(measure(back, start + 2 * day + minute, target).until, start + 2 * day + minute);
});

const config = (more: object = {}, connection: object = {}) =>
  parseTenantConfig(
    {
      ...{ tenant: 'acme-corp', displayName: 'Acme', timeZone: 'Europe/Berlin', orgId: 'acme-hq' },
      connections: [
        { source: 'okta', settings: {}, ...connection },
        { source: 'jira', settings: {} },
      ],
      ...more,
    },
    'x',
  );
const release = (occurred: string, ingested: string): Release => ({
  ...{ number: 7, run: 'r', tables: {}, inputs: {}, rows: {} },
  at: new Date('2026-03-01T10:01:00Z'),
  asOf: new Date('2026-03-01T10:00:00Z'),
  sources: { okta: { newestOccurredAt: occurred, newestIngestAt: ingested, checkedAt: null } },
});
const recordOf = (checkedAt: string, failed: string | null = null): FreshnessRecord => ({
  sources: { okta: { ...newAges(Date.parse(checkedAt)), checkedAt: Date.parse(checkedAt), failed } },
});

const states: readonly [string, string, FreshnessRecord | undefined, string][] = [
  ['asked just now, with news of today', '2026-03-01T09:30:00Z', recordOf('2026-03-01T10:00:00Z'), 'fresh'],
  ['asked just now, with nothing new for two days', '2026-02-27T09:30:00Z', recordOf('2026-03-01T10:00:00Z'), 'quiet'],
  ['not asked for 31 minutes', '2026-03-01T09:30:00Z', recordOf('2026-03-01T09:39:00Z'), 'stale'],
  [
    'not asked for 29 minutes, its last turn failed',
    '2026-03-01T09:30:00Z',
    recordOf('2026-03-01T09:41:00Z', 'X'),
    'failed',
  ],
  ['failed for longer than the target', '2026-03-01T09:30:00Z', recordOf('2026-03-01T09:20:00Z', 'X'), 'stale'],
  ['never asked', '2026-03-01T09:30:00Z', undefined, 'stale'],
];
for (const [what, occurred, record, state] of states) {
  test(`a source that was ${what} is ${state}`, () => {
    const at = new Date('2026-03-01T10:10:00Z');
    const report = reportFreshness(config(), record, release(occurred, '2026-03-01T10:00:00Z'), at, 900_000);
    assert.equal(report.sources[0]?.state, state);
    assert.equal(report.sources[1]?.state, 'stale', 'a source without any check');
  });
}

test('all sources together: the share of their measured time within their own targets', () => {
  const day = { day: '2026-03-01', spent: [], oldest: 0 };
  const ages = (within: number, measured: number) => ({ ...newAges(0), days: [{ ...day, within, measured }] });
  const at = Date.parse('2026-03-01T12:00:00Z');
  const all = [ages(90 * minute, 100 * minute), ages(0, 100 * minute)];
  assert.deepEqual(attainTogether(all, at, 7), { percent: 45, measuredMinutes: 200 });
  assert.deepEqual(attainTogether([newAges(0)], at, 7), { percent: null, measuredMinutes: 0 });
});

test("the source's lag and ours are told apart", () => {
  const seen = release('2026-03-01T07:00:00Z', '2026-03-01T10:00:00Z');
  const at = new Date('2026-03-01T10:10:00Z');
  const [okta] = reportFreshness(config(), recordOf('2026-03-01T10:00:00Z'), seen, at, 900_000).sources;
  assert.equal(okta?.sourceLagMs, 180 * minute, 'the vendor gave its events away three hours late');
  assert.deepEqual(okta?.pipelineLagMs, { bronze: 10 * minute, served: 10 * minute }, 'we are ten minutes behind');
  assert.deepEqual([okta?.publishLagMs, okta?.dataAgeMs], [minute, 190 * minute]);
});

test('a schedule that cannot keep the target is said to be infeasible', () => {
  const feasible = (more: object, connection: object = {}) =>
    isFeasible(config(more, connection), 'okta', 900_000, start);
  assert.equal(feasible({}), true);
  assert.equal(feasible({ freshnessMinutes: 10 }), false);
  assert.equal(feasible({ freshnessMinutes: 10 }, { freshnessMinutes: 20 }), true, "a connection's own target");
  assert.equal(feasible({ schedule: { cron: '*/15 * * * *' } }), true);
  assert.equal(feasible({ schedule: { cron: '*/15 6-20 * * *' } }), false, 'it rests at night');
});

test('a turn is kept in the lake: complete is checked, partial and failed are not, and a failed run serves nothing', async (t) => {
  const { lake } = await testLake(t);
  const events: TesseraEvent[] = [];
  const turn = (minutes: number, isServed: boolean, ...sources: SourceTurn[]) => {
    const began = new Date(start + minutes * minute);
    const ended = new Date(began.getTime() + minute);
    return keepFreshness(lake, config(), { began, ended, isServed, sources }, (event) => void events.push(event));
  };
  const okta = async () => (await lake.freshness.get('sources'))?.sources.okta;
  await turn(0, true, { source: 'okta', end: 'complete' }, { source: 'jira', end: 'partial' });
  assert.deepEqual([(await okta())?.checkedAt, (await okta())?.answeredAt], [start, start]);
  assert.equal((await lake.freshness.get('sources'))?.sources.jira?.checkedAt, null);
  await turn(15, true, { source: 'okta', end: 'failed', code: 'VENDOR_UNAVAILABLE' });
  assert.deepEqual([(await okta())?.checkedAt, (await okta())?.failed], [start, 'VENDOR_UNAVAILABLE']);
  await turn(30, false, { source: 'okta', end: 'complete' });
  assert.deepEqual([(await okta())?.checkedAt, (await okta())?.answeredAt], [start, start + 30 * minute]);
  assert.equal(events.length, 4);
});

test('staleness is found on a timer, without a run; another program that ran the tenant is believed', async () => {
  let at = start + 10 * minute;
  const tenant = config().tenant as Tenant;
  let elsewhere: FreshnessRecord | undefined;
  let reads = 0;
  const watch = watchFreshness(
    [config()],
    async () => {
      reads += 1;
      return elsewhere;
    },
    () => new Date(at),
  );
  const sources: SourceName[] = ['okta', 'jira'];
  for (const source of sources)
    watch.observe({ event: 'source.checked', tenant, source, end: 'complete', served: true, checkedAt: start });
  assert.deepEqual([await watch.stale(), reads], [[], 0], 'what is fresh costs no reading');
  at = start + 31 * minute;
  assert.deepEqual(
    (await watch.stale()).map(({ source }) => source),
    sources,
  );
  elsewhere = recordOf(new Date(start + 20 * minute).toISOString());
  assert.deepEqual(
    (await watch.stale()).map(({ source }) => source),
    ['jira'],
  );
});
