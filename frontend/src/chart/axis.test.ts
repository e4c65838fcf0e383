// The value axis holds its data, is round, and never goes above 100 %.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { axisOf } from './axis.ts';

const numbers = (max: number, min = 0) =>
  fc.array(fc.option(fc.double({ min, max, noNaN: true, noDefaultInfinity: true })), { minLength: 1, maxLength: 40 });

test('the axis holds every value and has few lines', () => {
  fc.assert(
    fc.property(numbers(1e6, -1e4), fc.integer({ min: 2, max: 6 }), (values, lines) => {
      const { min, max, interval } = axisOf(values, lines, false);
      const slack = Math.max(Math.abs(min), Math.abs(max), 1) * 1e-6;
      for (const value of values) if (value !== null) assert.ok(value >= min - slack && value <= max + slack);
      assert.ok(interval > 0 && max > min);
      assert.ok((max - min) / interval <= lines + 3);
    }),
  );
});

test('percentages end at 100 and begin at 0 where they are small', () => {
  fc.assert(
    fc.property(numbers(100), (values) => {
      const { min, max } = axisOf(values, 4, true);
      assert.ok(max <= 100 && min >= 0);
    }),
  );
  assert.deepEqual(axisOf([84, 95.4], 4, true), { min: 80, max: 100, interval: 5 });
  assert.deepEqual(axisOf([4, 45], 2, true), { min: 0, max: 50, interval: 25 });
});

test('one value and no value have an axis too', () => {
  assert.ok(axisOf([100], 4, true).max === 100);
  assert.deepEqual(axisOf([null], 4, false), { min: 0, max: 1, interval: 1 });
});
