// From Cube's rows to what the page shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber } from '../format/number.ts';
import { bucketsOf } from '../range/range.ts';
import { changeOf, describeTrend, groupsOf, numbersOf, pointsOf, sayValue, toNumber } from './answers.ts';
import { loginFailure } from './login-failure.ts';
import { mfaAdoption } from './mfa-adoption.ts';

test('numbers come as text, and what is none is null and not zero', () => {
  assert.equal(toNumber('89.5'), 89.5);
  assert.equal(toNumber(0), 0);
  for (const none of [null, undefined, '', 'n/a', 'Infinity']) assert.equal(toNumber(none), null);
});

test('a missing row has nulls for every measure', () => {
  assert.deepEqual(numbersOf(undefined, ['a', 'b']), { a: null, b: null });
});

test('a day without a row is a gap at its place', () => {
  const buckets = bucketsOf({ from: '2026-11-01', to: '2026-11-03' }, 'day');
  const rows = [
    { 'auth_attempts.started_on.day': '2026-11-03T00:00:00.000', 'auth_attempts.failed_attempts': '7' },
    { 'auth_attempts.started_on.day': '2026-11-01T00:00:00.000', 'auth_attempts.failed_attempts': '5' },
  ];
  const points = pointsOf(rows, 'auth_attempts.started_on', 'day', buckets, ['failed_attempts']);
  assert.deepEqual(
    points.map(({ numbers }) => numbers.failed_attempts),
    [5, null, 7],
  );
});

test('groups keep their order, say "Not set" for null, and leave out what nothing stands behind', () => {
  const row = (department: string | null, population: string) => ({
    'users.department': department,
    'users.mfa_population': population,
    'users.mfa_enrolled': '0',
    'users.mfa_adoption_pct': population === '0' ? null : '0',
  });
  const names = ['mfa_population', 'mfa_enrolled', 'mfa_adoption_pct'];
  const [breakdown] = mfaAdoption.breakdowns;
  assert.ok(breakdown);
  const groups = groupsOf(
    [row('Sales', '12'), row(null, '3'), row('Gone', '0')],
    'users',
    mfaAdoption,
    breakdown,
    names,
  );
  assert.deepEqual(
    groups.map(({ key, label, value }) => [key, label, value]),
    [
      ['Sales', 'Sales', 0],
      [null, 'Not set', 0],
    ],
  );
});

test('codes are said in words, names stay as they are', () => {
  assert.equal(sayValue('second_factor'), 'Second factor');
  assert.equal(sayValue('INVALID_CREDENTIALS'), 'Invalid credentials');
  assert.equal(sayValue('macos'), 'macOS');
  assert.equal(sayValue('Data Platform'), 'Data Platform');
  assert.equal(sayValue('IT'), 'IT');
  assert.equal(sayValue('true', { true: 'Known people' }), 'Known people');
});

test('the same change is good news for one metric and bad news for another', () => {
  assert.deepEqual(changeOf(8, 6, loginFailure.better), { by: 2, mood: 'bad' });
  assert.deepEqual(changeOf(8, 6, mfaAdoption.better), { by: 2, mood: 'good' });
  assert.deepEqual(changeOf(6.01, 6, 'up')?.mood, 'same');
  assert.equal(changeOf(6, null, 'up'), undefined);
});

test('a trend is told in one sentence, also when there is nothing to tell', () => {
  const buckets = bucketsOf({ from: '2026-11-01', to: '2026-11-03' }, 'day');
  const points = [80, null, 90].map((value, index) => ({ bucket: buckets[index]!, numbers: { pct: value } }));
  const say = (list: typeof points) =>
    describeTrend(
      'MFA',
      list,
      'pct',
      (value) => formatNumber(value, 'percent'),
      (day) => day,
    );
  assert.equal(
    say(points),
    'MFA: from 80.0% on 2026-11-01 to 90.0% on 2026-11-03; lowest 80.0% on 2026-11-01, highest 90.0% on 2026-11-03.',
  );
  assert.equal(say([]), 'MFA: no data in this range.');
});
