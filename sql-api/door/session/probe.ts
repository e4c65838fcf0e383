// In charge of reading the one row of texts that a hidden question to PostgreSQL gives.
import type { ParamValue } from '../plan/contract.ts';
import type { Frame } from '../wire/frames.ts';

/** The values of the first DataRow. */
export function rowTexts(frames: readonly Frame[]): readonly ParamValue[] {
  const row = frames.find(({ type }) => type === 'D')?.bytes;
  if (!row) return [];
  const values: ParamValue[] = [];
  let at = 7;
  for (let left = row.readInt16BE(5); left > 0; left -= 1) {
    const length = row.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : row.toString('utf8', at, at + length));
    if (length > 0) at += length;
  }
  return values;
}
