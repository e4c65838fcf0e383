// A column as PostgreSQL reads it: written here, told by the rules of PostgreSQL's array_recv.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ColumnType } from '../contract.ts';
import { binaryArray, instant } from './array-writer.ts';

const elements: Readonly<Record<ColumnType, number>> = {
  text: 25,
  int8: 20,
  float8: 701,
  bool: 16,
  timestamp: 1114,
  date: 1082,
};

/** The cells' bytes, null for NULL. */
function cellsOf(bytes: Buffer, type: ColumnType): (Buffer | null)[] {
  assert.equal(bytes.readInt32BE(8), elements[type]);
  if (bytes.readInt32BE(0) === 0) {
    assert.equal(bytes.length, 12);
    return [];
  }
  const cells: (Buffer | null)[] = [];
  let at = 20;
  for (let left = bytes.readInt32BE(12); left > 0; left -= 1) {
    const size = bytes.readInt32BE(at);
    at += 4;
    cells.push(size < 0 ? null : bytes.subarray(at, at + size));
    if (size > 0) at += size;
  }
  assert.equal(at, bytes.length);
  assert.equal(bytes.readInt32BE(4), cells.includes(null) ? 1 : 0);
  return cells;
}
const read = (values: readonly unknown[], type: ColumnType) => cellsOf(binaryArray(values, type), type);
const holes = <T>(value: fc.Arbitrary<T>) => fc.array(fc.option(value), { maxLength: 20 });

test('texts come with their own bytes, however long, and without the byte that PostgreSQL has none of', () => {
  fc.assert(
    fc.property(
      holes(fc.string({ unit: fc.constantFrom('a', '"', '\0', 'é', '漢', '😀'), maxLength: 60 })),
      (values) => {
        const got = read(values, 'text').map((cell) => cell?.toString() ?? null);
        assert.deepEqual(
          got,
          values.map((value) => value?.replaceAll('\0', '') ?? null),
        );
      },
    ),
  );
});

test('whole numbers of 64 bits come exactly, as texts and as numbers; what is none is refused', () => {
  fc.assert(
    fc.property(holes(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
      for (const form of [String, (value: bigint) => `${value}.000`]) {
        const got = read(
          values.map((value) => (value === null ? null : form(value))),
          'int8',
        );
        assert.deepEqual(
          got.map((cell) => cell?.readBigInt64BE() ?? null),
          values,
        );
      }
    }),
  );
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      assert.equal(read([value], 'int8')[0]?.readBigInt64BE(), BigInt(value));
    }),
  );
  for (const value of ['9223372036854775808', '-9223372036854775809', '1.5', 1.5, '', 'x', 1e300, true, new Date(0)])
    assert.throws(() => binaryArray([value], 'int8'), { code: 'SQL_ANSWER_UNFIT' }, String(value));
});

test('times are the same milliseconds as text and as Date, of any day that has a text', () => {
  const days = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') });
  fc.assert(
    fc.property(
      days.filter((day) => !Number.isNaN(day.getTime())),
      (day) => {
        const micros = BigInt(day.getTime() - Date.UTC(2000, 0, 1)) * 1000n;
        for (const value of [day, day.toISOString(), day.toISOString().slice(0, -1)]) {
          assert.equal(read([value], 'timestamp')[0]?.readBigInt64BE(), micros);
          assert.equal(read([value], 'date')[0]?.readInt32BE(), Math.floor(Number(micros / 1000n) / 86_400_000));
        }
      },
    ),
  );
});

test('what looks like a time is read as the calendar reads it, or refused', () => {
  const parts = fc.tuple(...[9999, 13, 31, 24, 61, 61, 999].map((max) => fc.integer({ min: 0, max })));
  fc.assert(
    fc.property(parts, ([y, mo, d, h, mi, s, ms]) => {
      const two = (value: number | undefined, size = 2) => String(value).padStart(size, '0');
      const text = `${two(y, 4)}-${two(mo)}-${two(d)}T${two(h)}:${two(mi)}:${two(s)}.${two(ms, 3)}`;
      const wanted = Date.parse(`${text}Z`);
      if (Number.isNaN(wanted)) assert.throws(() => instant(text), { code: 'SQL_ANSWER_UNFIT' });
      else assert.equal(instant(text), wanted, text);
    }),
    { numRuns: 3000 },
  );
  for (const text of ['2026-01-01 00:00:00.000', '2026-01-01T00:00:00,000', 'infinity', '', '2026-1-01T00:00:00.0000'])
    assert.throws(() => instant(text), { code: 'SQL_ANSWER_UNFIT' }, text);
});

test('doubles and truths', () => {
  fc.assert(
    fc.property(holes(fc.double()), (values) => {
      const got = read(
        values.map((value) => (value === null ? null : String(value))),
        'float8',
      );
      assert.deepEqual(
        got.map((cell) => cell?.readDoubleBE() ?? null),
        values.map((value) => (value === 0 ? 0 : value)),
      );
    }),
  );
  const truths = read([true, 'false', 1, '0', null], 'bool').map((cell) => cell?.[0] ?? null);
  assert.deepEqual(truths, [1, 0, 1, 0, null]);
  for (const [value, type] of [
    ['', 'float8'],
    ['x', 'float8'],
    ['t', 'bool'],
    [new Date(0), 'text'],
  ] as const)
    assert.throws(() => binaryArray([value], type), { code: 'SQL_ANSWER_UNFIT' });
});
