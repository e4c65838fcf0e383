// In charge of a Bind message: its parts, and its parameters as text, whatever format they came in.
import { Fault } from '@tessera/base';
import { ProtocolError } from '../wire/frames.ts';

export interface BindMessage {
  readonly portal: string;
  readonly statement: string;
  /** Format of each parameter: 0 text, 1 binary. */
  readonly formats: readonly number[];
  readonly values: readonly (Buffer | null)[];
  /** The bytes after the parameters: the formats of the result. */
  readonly resultFormats: Buffer;
}

export function cstringAt(bytes: Buffer, at: number): { readonly text: string; readonly next: number } {
  const end = bytes.indexOf(0, at);
  if (end < 0) throw new ProtocolError('invalid string in message');
  return { text: bytes.toString('utf8', at, end), next: end + 1 };
}

export function readBind(bytes: Buffer): BindMessage {
  try {
    const portal = cstringAt(bytes, 5);
    const statement = cstringAt(bytes, portal.next);
    let at = statement.next;
    const formatCount = bytes.readUInt16BE(at);
    at += 2;
    const given: number[] = [];
    for (let i = 0; i < formatCount; i += 1, at += 2) given.push(bytes.readInt16BE(at));
    const count = bytes.readUInt16BE(at);
    at += 2;
    if (formatCount > 1 && formatCount !== count)
      throw new ProtocolError(`bind message has ${formatCount} parameter formats but ${count} parameters`);
    const values: (Buffer | null)[] = [];
    for (let i = 0; i < count; i += 1) {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length < -1 || at + length > bytes.length) throw new ProtocolError('insufficient data left in message');
      values.push(length < 0 ? null : bytes.subarray(at, at + length));
      if (length > 0) at += length;
    }
    const formats = values.map((_, i) =>
      formatCount === 0 ? 0 : formatCount === 1 ? (given[0] ?? 0) : (given[i] ?? 0),
    );
    return { portal: portal.text, statement: statement.text, formats, values, resultFormats: bytes.subarray(at) };
  } catch (error) {
    throw error instanceof RangeError ? new ProtocolError('insufficient data left in message') : error;
  }
}

const epochMs = Date.UTC(2000, 0, 1);
const time = (micros: bigint): string => {
  const ms = Number(micros >= 0n || micros % 1000n === 0n ? micros / 1000n : micros / 1000n - 1n);
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const second = new Date(epochMs + ms).toISOString().slice(0, 19).replace('T', ' ');
  return rest === 0n ? second : `${second}.${String(rest).padStart(6, '0')}`;
};
const utf8 = (value: Buffer): string => value.toString('utf8');
/** Binary forms by type; sizes are checked by reading, a wrong one is 22P03 like PostgreSQL's. */
const binary: Readonly<Record<number, (value: Buffer) => string>> = {
  16: (v) => String(v.readUInt8() !== 0),
  18: utf8,
  19: utf8,
  20: (v) => String(v.readBigInt64BE()),
  21: (v) => String(v.readInt16BE()),
  23: (v) => String(v.readInt32BE()),
  25: utf8,
  26: (v) => String(v.readUInt32BE()),
  700: (v) => String(Math.fround(v.readFloatBE())),
  701: (v) => String(v.readDoubleBE()),
  705: utf8,
  1042: utf8,
  1043: utf8,
  1082: (v) => new Date(epochMs + v.readInt32BE() * 86_400_000).toISOString().slice(0, 10),
  1114: (v) => time(v.readBigInt64BE()),
  1184: (v) => `${time(v.readBigInt64BE())}+00`,
  1700: numeric,
  2950: (v) => v.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
};

/** SQL_PARAM_UNFIT where the bytes are no value of the type. */
export function paramText(value: Buffer | null, format: number, type: number): string | null {
  if (value === null) return null;
  const fail = () => new Fault('SQL_PARAM_UNFIT', { type });
  if (format === 0) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(value);
    } catch {
      throw fail();
    }
  }
  const read = binary[type];
  if (!read) throw fail();
  try {
    return read(value);
  } catch {
    throw fail();
  }
}

/** Base-10000 digits with a weight, a sign and a scale. */
function numeric(value: Buffer): string {
  const [count, weight, sign, scale] = [
    value.readInt16BE(0),
    value.readInt16BE(2),
    value.readUInt16BE(4),
    value.readInt16BE(6),
  ];
  if (sign === 0xc000) return 'NaN';
  if (sign === 0xd000) return 'Infinity';
  if (sign === 0xf000) return '-Infinity';
  const digit = (i: number) => (i >= 0 && i < count ? value.readInt16BE(8 + 2 * i) : 0);
  let text = '';
  for (let i = 0; i <= weight; i += 1) text += i === 0 ? String(digit(i)) : String(digit(i)).padStart(4, '0');
  let fraction = '';
  for (let i = weight + 1; fraction.length < scale; i += 1) fraction += String(digit(i)).padStart(4, '0');
  return `${sign === 0x4000 ? '-' : ''}${text || '0'}${scale > 0 ? `.${fraction.slice(0, scale)}` : ''}`;
}
