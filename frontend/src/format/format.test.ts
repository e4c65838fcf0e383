// How numbers, days and instants are written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, formatChange, formatNumber, hoursInDays, numberParts } from './number.ts';
import { formatDay, formatInstant, formatLength, formatMoment, formatRange } from './time.ts';

test('rounding never claims all or nothing', () => {
  assert.equal(formatNumber(99.97, 'percent'), '>99.9%');
  assert.equal(formatNumber(100, 'percent'), '100%');
  assert.equal(formatNumber(0.02, 'percent'), '<0.1%');
  assert.equal(formatNumber(0, 'percent'), '0%');
  assert.equal(formatNumber(89.85, 'percent'), '89.9%');
});

test('no number is a dash, never a zero', () => {
  assert.equal(formatNumber(null, 'percent'), '–');
  assert.equal(formatNumber(undefined, 'hours'), '–');
  assert.equal(formatNumber(Number.NaN, 'count'), '–');
});

test('numbers carry their unit, thousands are grouped, minus is a minus', () => {
  assert.equal(formatNumber(76.36, 'hours'), '76.4 h');
  assert.equal(formatNumber(1095.5, 'hours'), '1,096 h');
  assert.equal(formatNumber(13247, 'count'), '13,247');
  assert.equal(formatNumber(-36.2, 'percent'), '−36.2%');
  assert.equal(formatNumber(1.1, 'ratio'), '1.10');
  assert.deepEqual(numberParts(76.36, 'hours'), { number: '76.4', unit: 'h' });
  assert.deepEqual(numberParts(89.85, 'percent'), { number: '89.9', unit: '%' });
  assert.deepEqual(numberParts(null, 'percent'), { number: '–', unit: '' });
});

test('a change of a percentage is in points and always signed', () => {
  assert.equal(formatChange(2.34, 'percent'), '+2.3 pts');
  assert.equal(formatChange(-0.96, 'percent'), '−1.0 pts');
  assert.equal(formatChange(0.01, 'percent'), '±0.0 pts');
  assert.equal(formatChange(-2.3, 'hours'), '−2.3 h');
});

test('many hours are also said in days', () => {
  assert.equal(hoursInDays(47.9), undefined);
  assert.equal(hoursInDays(76.4), '3.2 days');
});

test('one person, two people', () => {
  assert.equal(countOf(1, 'person', 'people'), '1 person');
  assert.equal(countOf(1570, 'person', 'people'), '1,570 people');
});

test('days are written without a zone and ranges without repeating the year', () => {
  assert.equal(formatDay('2026-11-03'), '3 Nov');
  assert.equal(formatRange({ from: '2026-10-22', to: '2026-11-20' }), '22 Oct – 20 Nov 2026');
  assert.equal(formatRange({ from: '2025-12-22', to: '2026-01-20' }), '22 Dec 2025 – 20 Jan 2026');
  assert.equal(formatRange({ from: '2026-01-20', to: '2026-01-20' }), '20 Jan 2026');
  assert.equal(formatLength({ from: '2026-01-20', to: '2026-01-20' }), '1 day');
});

test('instants are said in the zone of the tenant', () => {
  assert.match(formatInstant('2026-11-21T00:00:00Z', 'Asia/Kolkata'), /^21 Nov 2026, 05:30 GMT\+5:30$/);
  assert.equal(formatMoment('2026-11-21T00:00:00Z', 'America/New_York'), '20 Nov, 19:00');
  assert.equal(formatInstant('never', 'UTC'), 'unknown');
});
