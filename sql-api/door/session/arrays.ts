// In charge of how a column of an answer becomes a PostgreSQL array: binary for a parameter, text for a literal.
import { Fault } from '@tessera/base';
import type { AnswerPart, ColumnType } from '../contract.ts';
import type { FetchedColumn } from '../plan/contract.ts';

interface ArrayType {
  readonly name: string;
  readonly element: number;
  readonly array: number;
  readonly write: (value: unknown) => Buffer;
  readonly text: (value: unknown) => string;
}

const epochMs = Date.UTC(2000, 0, 1);
const dayMs = 86_400_000;
const isoTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?Z?$/;

function instant(value: unknown): number {
  const text = String(value);
  const ms = isoTime.test(text)
    ? Date.parse(`${text.length === 10 ? `${text}T00:00:00` : text.replace(/Z$/, '')}Z`)
    : NaN;
  if (Number.isNaN(ms)) throw wrong('timestamp');
  return ms;
}
const wrong = (type: string) => new Fault('SQL_ANSWER_UNFIT', { type });

const eight = (fill: (bytes: Buffer) => unknown): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  fill(bytes);
  return bytes;
};
function whole(value: unknown): bigint {
  const text = String(value);
  // Counts are whole; some engines write them with a point.
  const match = /^(-?\d{1,19})(\.0+)?$/.exec(text);
  if (!match?.[1]) throw wrong('bigint');
  return BigInt(match[1]);
}
function double(value: unknown): number {
  const number = typeof value === 'number' ? value : Number(String(value).trim() === '' ? 'NaN' : value);
  if (Number.isNaN(number) && String(value) !== 'NaN') throw wrong('double precision');
  return number;
}
function truth(value: unknown): boolean {
  if (value === true || value === 'true' || value === 1 || value === '1') return true;
  if (value === false || value === 'false' || value === 0 || value === '0') return false;
  throw wrong('boolean');
}
const plain = (value: unknown): string => (typeof value === 'string' ? value : String(value)).replaceAll('\0', '');

const types: Readonly<Record<ColumnType, ArrayType>> = {
  text: { name: 'text', element: 25, array: 1009, write: (v) => Buffer.from(plain(v)), text: plain },
  int8: {
    name: 'int8',
    element: 20,
    array: 1016,
    write: (v) => eight((b) => b.writeBigInt64BE(whole(v))),
    text: (v) => String(whole(v)),
  },
  float8: {
    name: 'float8',
    element: 701,
    array: 1022,
    write: (v) => eight((b) => b.writeDoubleBE(double(v))),
    text: (v) => String(double(v)),
  },
  bool: {
    name: 'bool',
    element: 16,
    array: 1000,
    write: (v) => Buffer.from([truth(v) ? 1 : 0]),
    text: (v) => (truth(v) ? 't' : 'f'),
  },
  timestamp: {
    name: 'timestamp',
    element: 1114,
    array: 1115,
    write: (v) => eight((b) => b.writeBigInt64BE(BigInt(instant(v) - epochMs) * 1000n)),
    text: (v) => new Date(instant(v)).toISOString().replace('T', ' ').replace('Z', ''),
  },
  date: {
    name: 'date',
    element: 1082,
    array: 1182,
    write: (v) => {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeInt32BE(Math.floor((instant(v) - epochMs) / dayMs));
      return bytes;
    },
    text: (v) => new Date(instant(v)).toISOString().slice(0, 10),
  },
};

export const arrayTypeOid = (type: ColumnType): number => types[type].array;
export const arrayTypeName = (type: ColumnType): string => `${types[type].name}[]`;

/** The answer's values of each column that a read wants. A column that the answer lacks is a defect of ours, not an empty column. */
export function columnsOf(answer: AnswerPart | undefined, wanted: readonly FetchedColumn[]): (readonly unknown[])[] {
  return wanted.map(({ member }) => {
    // An answer without rows names no columns.
    if (!answer || answer.rows === 0) return [];
    const values = answer.values[answer.columns.indexOf(member)];
    if (!values || values.length !== answer.rows) throw new Fault('INTERNAL', {}, { cause: new Error(`no ${member}`) });
    return values;
  });
}

/** A one-dimensional array in PostgreSQL's binary form. */
export function binaryArray(values: readonly unknown[], type: ColumnType): Buffer {
  const { element, write } = types[type];
  const cells = values.map((value) => (value === null || value === undefined ? null : write(value)));
  const size = cells.reduce((sum, cell) => sum + 4 + (cell?.length ?? 0), 0);
  const bytes = Buffer.allocUnsafe((cells.length > 0 ? 20 : 12) + size);
  bytes.writeInt32BE(cells.length > 0 ? 1 : 0, 0);
  bytes.writeInt32BE(cells.includes(null) ? 1 : 0, 4);
  bytes.writeInt32BE(element, 8);
  if (cells.length === 0) return bytes;
  bytes.writeInt32BE(cells.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = 20;
  for (const cell of cells) {
    bytes.writeInt32BE(cell ? cell.length : -1, at);
    at += 4;
    if (cell) at += cell.copy(bytes, at);
  }
  return bytes;
}

/** The same array as a literal. The tag of its quotes is random for each, so no value can end it. */
export function literalArray(values: readonly unknown[], type: ColumnType, tag: string): string {
  const { name, text } = types[type];
  const cells = values.map((value) =>
    value === null || value === undefined ? 'NULL' : `"${text(value).replace(/["\\]/g, '\\$&')}"`,
  );
  return `$${tag}${'$'}{${cells.join(',')}}$${tag}$::${name}[]`;
}
