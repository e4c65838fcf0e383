// What the operations pages make of the platform's answers and of an address, without a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from '../format/duration.ts';
import { parseTrail, trailPath } from './audit-trail.ts';
import { parseFreshness } from './freshness-report.ts';
import { parseRecords, problemOfJson, sayOutcome } from './quarantine.ts';

const now = Date.parse('2026-11-21T12:34:56Z');
const asked = (address: string) =>
  Object.fromEntries(new URLSearchParams(trailPath(new URLSearchParams(address), now).split('?')[1]));

test('a length of time has two units at most, and a short one is not none', () => {
  const table: readonly (readonly [number | null, string])[] = [
    [null, '–'],
    [0, '0 min'],
    [1, '<1 min'],
    [59_999, '<1 min'],
    [60_000, '1 min'],
    [6_479_363, '1 h 47 min'],
    [7_200_000, '2 h'],
    [90_000_000, '1 d 1 h'],
    [Number.NaN, '–'],
  ];
  for (const [ms, words] of table) assert.equal(formatDuration(ms), words);
});

test('the trail is asked for its newest acts of a day, and for what the address names', () => {
  assert.deepEqual(asked(''), { order: 'newest', since: '2026-11-20T12:34:00.000Z', limit: '100' });
  assert.deepEqual(asked('decision=denied&action=audit.read&subject=%20jane%20&in=hour&most=500'), {
    ...{ order: 'newest', decision: 'denied', action: 'audit.read', subject: 'jane' },
    ...{ since: '2026-11-21T11:34:00.000Z', limit: '500' },
  });
});

test('what makes no sense in the address never reaches the route', () => {
  assert.deepEqual(asked('decision=perhaps&in=ever&most=9999&action=&tenant=globex-inc'), asked(''));
  assert.equal(asked(`action=${'x'.repeat(80)}`).action?.length, 64);
});

test('an act of somebody erased and one of nobody are told apart', () => {
  const act = {
    writer: 'server',
    sequence: 1,
    at: 'x',
    decision: 'denied',
    action: 'a',
    kind: 'decision',
    door: 'rest',
  };
  const acts = parseTrail({
    items: [{ ...act, erased: 'cli:4' }, act, { ...act, subject: 'jane', code: 'C', rule: 'r' }],
  });
  assert.deepEqual(
    acts.map(({ isErased, subject, why }) => [isErased, subject, why]),
    [
      [true, null, null],
      [false, null, null],
      [false, 'jane', 'C · r'],
    ],
  );
});

test('an attainment that was never measured is neither all nor nothing, and an unknown state is not fresh', () => {
  const none = { percent: null, measuredMinutes: 0, p50: null, p95: null, max: null };
  const source = {
    ...{ source: 'okta', state: 'splendid', targetMinutes: 30, feasible: true, sourceLagMs: 5 },
    ...{ pipelineLagMs: { bronze: 1, served: 2 }, last7Days: none, last30Days: { ...none, percent: 100 } },
  };
  const all = { percent: 99.5, measuredMinutes: 20 };
  const together = { last7Days: all, last30Days: { ...all, percent: null } };
  assert.throws(() => parseFreshness({ at: 'x', sources: [] }), /last7Days/);
  const [read] = parseFreshness({ at: 'x', ...together, sources: [source] }).sources;
  assert.equal(read?.state, 'stale');
  assert.deepEqual([read?.last7Days.percent, read?.last30Days.percent], [null, 100]);
  assert.deepEqual([read?.bronzeLagMs, read?.servedLagMs, read?.checkAgeMs], [1, 2, null]);
  assert.throws(
    () => parseFreshness({ at: 'x', ...together, sources: [{ ...source, targetMinutes: undefined }] }),
    /targetMinutes/,
  );
});

test('a record whose state has no known name still waits', () => {
  const record = { id: 'a', source: 'okta', stream: 'log', reason: 'r', at: 'x', run: 'r', bytes: 3, state: 'eaten' };
  assert.equal(parseRecords({ records: [record] })[0]?.state, 'waiting');
  assert.throws(() => parseRecords({ records: [{ ...record, bytes: null }] }), /bytes/);
});

test('only what was taken is called done', () => {
  const still = sayOutcome({ id: 'a', state: 'still bad', rows: 0, reason: '$.id is missing' });
  assert.deepEqual(still, { words: 'It still cannot be taken: $.id is missing.', isDone: false });
  assert.match(sayOutcome({ state: 'fixed', rows: 1 }).words, /1 row staged/);
  assert.match(sayOutcome({ state: 'replayed', rows: 0 }).words, /had it already/);
  assert.equal(sayOutcome({ state: 'discarded', rows: 0 }).isDone, true);
});

test('a record is a JSON object and nothing else', () => {
  for (const bad of ['', '{', '[]', '1', 'null', '"x"']) assert.notEqual(problemOfJson(bad), undefined, bad);
  assert.equal(problemOfJson('{"id": 12345678901234567890}'), undefined);
});
