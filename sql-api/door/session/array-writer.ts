// In charge of one column as a PostgreSQL array in binary: written into one piece of memory that grows, because an answer has many thousand cells.
import { Fault } from '@tessera/base';
import type { ColumnType } from '../contract.ts';

/** Where the bytes of a column are put, one behind the other. */
interface Sink {
  bytes: Buffer;
  at: number;
}
interface Form {
  /** OID of the elements' type, and of arrays of it. */
  readonly element: number;
  readonly array: number;
  /** Writes a cell with its length before it. */
  readonly put: (sink: Sink, value: unknown) => void;
}

const dayMs = 86_400_000;
/** PostgreSQL counts from here. */
const epochMs = Date.UTC(2000, 0, 1);
const isoTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?Z?$/;
export const unfit = (type: string): Fault => new Fault('SQL_ANSWER_UNFIT', { type });

/** Milliseconds since 1970, of a Date or a text of the semantic layer. SQL_ANSWER_UNFIT */
export function instant(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  const text = String(value);
  const plain = plainInstant(text);
  if (plain !== undefined) return plain;
  const ms = isoTime.test(text)
    ? Date.parse(`${text.length === 10 ? `${text}T00:00:00` : text.replace(/Z$/, '')}Z`)
    : NaN;
  if (Number.isNaN(ms)) throw unfit('timestamp');
  return ms;
}

const digits = '0000-00-00T00:00:00.000';
/** Of the one form in which nearly all times come; undefined for any other text. */
function plainInstant(text: string): number | undefined {
  if (text.length !== digits.length) return undefined;
  for (let i = 0; i < digits.length; i += 1) {
    const code = text.charCodeAt(i);
    if (digits.charCodeAt(i) === 48 ? code < 48 || code > 57 : code !== digits.charCodeAt(i)) return undefined;
  }
  const two = (at: number) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
  const [year, month, day] = [two(0) * 100 + two(2), two(5), two(8)];
  const [hour, minute, second] = [two(11), two(14), two(17)];
  // The ends of months, 24:00 and the first century are the calendar's.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59)
    return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, two(20) * 10 + text.charCodeAt(22) - 48);
}

/** A whole number, as a bigint where it might not be exact otherwise. SQL_ANSWER_UNFIT where it is none of 64 bits. */
export function whole(value: unknown): bigint | number {
  if (Number.isSafeInteger(value)) return value as number;
  const text = String(value);
  // Counts are whole; some engines write them with a point.
  const match = /^(-?\d{1,19})(\.0+)?$/.exec(text);
  if (!match?.[1]) throw unfit('bigint');
  if (match[1].length < 16) return Number(match[1]);
  const exact = BigInt(match[1]);
  if (BigInt.asIntN(64, exact) !== exact) throw unfit('bigint');
  return exact;
}

export function double(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(String(value).trim() === '' ? 'NaN' : value);
  if (Number.isNaN(number) && String(value) !== 'NaN') throw unfit('double precision');
  return number;
}

export function truth(value: unknown): boolean {
  if (value === true || value === 'true' || value === 1 || value === '1') return true;
  if (value === false || value === 'false' || value === 0 || value === '0') return false;
  throw unfit('boolean');
}

export function plain(value: unknown): string {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '') : value;
  if (value instanceof Date) throw unfit('text');
  return String(value);
}

function room(sink: Sink, size: number): void {
  if (sink.at + size <= sink.bytes.length) return;
  const larger = Buffer.allocUnsafe(Math.max(sink.bytes.length * 2, sink.at + size));
  sink.bytes.copy(larger, 0, 0, sink.at);
  sink.bytes = larger;
}
function length(sink: Sink, size: number): void {
  room(sink, 4 + size);
  sink.at = sink.bytes.writeInt32BE(size, sink.at);
}
const two32 = 0x1_0000_0000;
function eight(sink: Sink, value: bigint | number): void {
  length(sink, 8);
  if (typeof value === 'bigint') sink.at = sink.bytes.writeBigInt64BE(value, sink.at);
  else {
    const high = Math.floor(value / two32);
    sink.at = sink.bytes.writeInt32BE(high, sink.at);
    sink.at = sink.bytes.writeUInt32BE(value - high * two32, sink.at);
  }
}

const forms: Readonly<Record<ColumnType, Form>> = {
  text: {
    element: 25,
    array: 1009,
    put(sink, value) {
      const text = plain(value);
      // Of three bytes at most is each unit of JavaScript's.
      room(sink, 4 + 3 * text.length);
      const written = sink.bytes.write(text, sink.at + 4);
      sink.at = sink.bytes.writeInt32BE(written, sink.at) + written;
    },
  },
  int8: { element: 20, array: 1016, put: (sink, value) => eight(sink, whole(value)) },
  float8: {
    element: 701,
    array: 1022,
    put(sink, value) {
      length(sink, 8);
      sink.at = sink.bytes.writeDoubleBE(double(value), sink.at);
    },
  },
  bool: {
    element: 16,
    array: 1000,
    put(sink, value) {
      length(sink, 1);
      sink.at = sink.bytes.writeUInt8(truth(value) ? 1 : 0, sink.at);
    },
  },
  timestamp: {
    element: 1114,
    array: 1115,
    put(sink, value) {
      const ms = instant(value) - epochMs;
      const micros = ms * 1000;
      eight(sink, Number.isSafeInteger(micros) ? micros : BigInt(ms) * 1000n);
    },
  },
  date: {
    element: 1082,
    array: 1182,
    put(sink, value) {
      length(sink, 4);
      sink.at = sink.bytes.writeInt32BE(Math.floor((instant(value) - epochMs) / dayMs), sink.at);
    },
  },
};

export const arrayTypeOid = (type: ColumnType): number => forms[type].array;

/** A one-dimensional array in PostgreSQL's binary form. SQL_ANSWER_UNFIT where a value is none of the type. */
export function binaryArray(values: readonly unknown[], type: ColumnType): Buffer {
  const { element, put } = forms[type];
  const isEmpty = values.length === 0;
  const sink: Sink = { bytes: Buffer.allocUnsafe(20 + 16 * values.length), at: isEmpty ? 12 : 20 };
  let hasNull = false;
  for (const value of values)
    if (value !== null && value !== undefined) put(sink, value);
    else {
      hasNull = true;
      room(sink, 4);
      sink.at = sink.bytes.writeInt32BE(-1, sink.at);
    }
  const { bytes } = sink;
  bytes.writeInt32BE(isEmpty ? 0 : 1, 0);
  bytes.writeInt32BE(hasNull ? 1 : 0, 4);
  bytes.writeInt32BE(element, 8);
  if (!isEmpty) {
    bytes.writeInt32BE(values.length, 12);
    bytes.writeInt32BE(1, 16);
  }
  return bytes.subarray(0, sink.at);
}
