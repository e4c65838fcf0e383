// In charge of the messages of the extended protocol that are longer than a line: the Bind of a twin, and what a Describe told.
import type { Frame } from '../wire/frames.ts';
import { cstring, int16, int32, message } from '../wire/write.ts';
import type { BindMessage } from './params.ts';

/** The client's parameters as they came, and the arrays behind them, in binary. */
export function bindMessage(
  portal: string,
  statement: string,
  { formats, values }: BindMessage,
  arrays: readonly Buffer[],
  resultFormats: Buffer,
): Buffer {
  const all = [...values, ...arrays];
  return message(
    'B',
    cstring(portal),
    cstring(statement),
    int16(all.length),
    ...all.map((_, i) => int16(i < values.length ? (formats[i] ?? 0) : 1)),
    int16(all.length),
    ...all.flatMap((value) => (value === null ? [int32(-1)] : [int32(value.length), value])),
    resultFormats,
  );
}

export function parameterTypes(frames: readonly Frame[]): number[] {
  const bytes = frames.find(({ type }) => type === 't')?.bytes;
  return bytes ? Array.from({ length: bytes.readInt16BE(5) }, (_, i) => bytes.readUInt32BE(7 + 4 * i)) : [];
}

/** Names, types and type modifiers of the result; tables and column numbers differ by design. */
export function shape(frames: readonly Frame[]): string {
  const bytes = frames.find(({ type }) => type === 'T')?.bytes;
  if (!bytes) return '';
  const fields: string[] = [];
  let at = 7;
  for (let left = bytes.readInt16BE(5); left > 0; left -= 1) {
    const end = bytes.indexOf(0, at);
    fields.push(`${bytes.toString('utf8', at, end)}\0${bytes.readUInt32BE(end + 7)}\0${bytes.readInt32BE(end + 13)}`);
    at = end + 19;
  }
  return fields.join('\n');
}
