// The range of the page: days, buckets, and how the address is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, daysBetween, isDay, startOfWeek } from './day.ts';
import { readNarrowings, writeNarrowing } from './narrowing-url.ts';
import {
  bucketsOf,
  daysOf,
  defaultChoice,
  defaultGranularity,
  granularities,
  lastDay,
  presets,
  previousOf,
  problemOf,
  rangeOf,
  readRange,
  writeRange,
} from './range.ts';

const asOf = '2026-11-21T00:00:00.000Z';
const days = fc.integer({ min: -4000, max: 4000 }).map((offset) => addDays('2026-01-01', offset));
const ranges = fc
  .tuple(days, fc.integer({ min: 0, max: 365 }))
  .map(([from, more]) => ({ from, to: addDays(from, more) }));

test('the last 30 days end with the last day that is over when the data was taken', () => {
  assert.deepEqual(rangeOf(defaultChoice, asOf), { from: '2026-10-22', to: '2026-11-20' });
  assert.equal(lastDay('2026-11-21T14:15:00.000Z'), '2026-11-20');
});

test('the period before has as many days and ends the day before', () => {
  assert.deepEqual(previousOf({ from: '2026-10-22', to: '2026-11-20' }), { from: '2026-09-22', to: '2026-10-21' });
  fc.assert(
    fc.property(ranges, (range) => {
      const before = previousOf(range);
      assert.equal(daysOf(before), daysOf(range));
      assert.equal(addDays(before.to, 1), range.from);
    }),
  );
});

test('buckets cover the range without gap or overlap, whatever the granularity', () => {
  fc.assert(
    fc.property(ranges, fc.constantFrom(...granularities), (range, granularity) => {
      const buckets = bucketsOf(range, granularity);
      assert.equal(buckets[0]?.from, range.from);
      assert.equal(buckets.at(-1)?.to, range.to);
      for (const [index, bucket] of buckets.entries()) {
        assert.ok(bucket.from <= bucket.to);
        const next = buckets[index + 1];
        if (next) assert.equal(addDays(bucket.to, 1), next.from);
      }
    }),
  );
});

test('a week begins on Monday, and a week that the range cuts is marked as partial', () => {
  assert.equal(startOfWeek('2026-11-22'), '2026-11-16');
  const buckets = bucketsOf({ from: '2026-11-04', to: '2026-11-20' }, 'week');
  assert.deepEqual(
    buckets.map(({ key, isPartial }) => [key, isPartial]),
    [
      ['2026-11-02T00:00:00.000', true],
      ['2026-11-09T00:00:00.000', false],
      ['2026-11-16T00:00:00.000', true],
    ],
  );
});

test('points are days up to 90 days and weeks beyond', () => {
  assert.equal(defaultGranularity(rangeOf({ kind: 'last', days: 90 }, asOf)), 'day');
  assert.equal(defaultGranularity(rangeOf({ kind: 'last', days: 180 }, asOf)), 'week');
});

test('what is written to the address is read back', () => {
  const custom = { kind: 'custom', from: '2026-10-01', to: '2026-10-31' } as const;
  for (const choice of [custom, ...presets.map((count) => ({ kind: 'last', days: count }) as const)]) {
    assert.deepEqual(readRange(writeRange(new URLSearchParams('by.mttr=priority'), choice), asOf), { choice });
  }
  assert.equal(writeRange(new URLSearchParams('last=90'), defaultChoice).toString(), '');
});

test('an address that makes no sense gives the default and a sentence', () => {
  for (const search of [
    'last=31',
    'last=-1',
    'from=2026-10-01',
    'from=2026-10-31&to=2026-10-01',
    'from=2026-02-30&to=2026-03-01',
    'from=2020-01-01&to=2026-11-20',
    'from=2026-11-01&to=2026-11-21',
  ]) {
    const read = readRange(new URLSearchParams(search), asOf);
    assert.deepEqual(read.choice, defaultChoice, search);
    assert.ok(read.problem, search);
  }
});

test('a range of one day is a range, the day that is not over is none', () => {
  assert.equal(problemOf('2026-11-20', '2026-11-20', asOf), undefined);
  assert.match(problemOf('2026-11-20', '2026-11-21', asOf) ?? '', /2026-11-20 at the latest/);
});

test('days exist in the calendar and count over leap years', () => {
  assert.equal(isDay('2024-02-29'), true);
  assert.equal(isDay('2026-02-29'), false);
  assert.equal(isDay('2026-2-1'), false);
  fc.assert(
    fc.property(days, fc.integer({ min: -500, max: 500 }), (day, by) => daysBetween(day, addDays(day, by)) === by),
  );
});

test('a narrowing survives the address, also "not set" and odd characters', () => {
  const values = fc.uniqueArray(fc.option(fc.string({ minLength: 1 })), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, (chosen) => {
      const written = writeNarrowing(new URLSearchParams('last=90'), 'department', chosen).toString();
      const read = readNarrowings(new URLSearchParams(written), ['department']);
      assert.deepEqual(read, [{ dimension: 'department', values: chosen }]);
    }),
  );
});

test('a dimension that the metric does not know is not read from the address', () => {
  const params = new URLSearchParams('is.email=a%40b.example&is.department=Sales');
  assert.deepEqual(readNarrowings(params, ['department']), [{ dimension: 'department', values: ['Sales'] }]);
});
