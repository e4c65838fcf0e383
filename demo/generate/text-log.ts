// An append-only log as compressed blocks of text: a hundred thousand events in a few megabytes, read back one by one.
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { EventLog } from '../world.ts';

export interface TextLog {
  add(occurredAt: number, persistedAt: number, json: string): void;
  /** The log in order of persistence; events stored in the same millisecond keep the order in which they were added. */
  done(): EventLog;
}

const blockSize = 128 * 1024;
/** Late events jump back a few blocks, so a few stay open. */
const blocksKeptOpen = 48;

export function textLog(): TextLog {
  const packed: Buffer[] = [];
  const open = Buffer.allocUnsafeSlow(blockSize);
  let room = 0;
  const occurred: number[] = [];
  const persisted: number[] = [];
  const starts: number[] = [];
  const lengths: number[] = [];
  const pack = () => {
    packed.push(zstdCompressSync(open.subarray(0, room)));
    room = 0;
  };
  return {
    add(occurredAt, persistedAt, json) {
      const length = Buffer.byteLength(json);
      if (length > blockSize) throw new RangeError(`An event of ${length} bytes is larger than a block.`);
      if (room + length > blockSize) pack();
      open.write(json, room);
      starts.push(packed.length * blockSize + room);
      lengths.push(length);
      room += length;
      occurred.push(occurredAt);
      persisted.push(persistedAt);
    },
    done() {
      pack();
      const order = Uint32Array.from(persisted.keys()).sort((a, b) => at(persisted, a) - at(persisted, b) || a - b);
      const sorted = (list: readonly number[]) => Float64Array.from(order, (i) => at(list, i));
      const [when, stored, start, length] = [sorted(occurred), sorted(persisted), sorted(starts), sorted(lengths)];
      const block = blockReader(packed);
      return {
        length: order.length,
        occurredAt: (i) => at(when, i),
        persistedAt: (i) => at(stored, i),
        json(i) {
          const from = at(start, i);
          const offset = from % blockSize;
          return block(Math.floor(from / blockSize)).toString('utf8', offset, offset + at(length, i));
        },
      };
    },
  };
}

function blockReader(packed: readonly Buffer[]): (nth: number) => Buffer {
  const kept = new Map<number, Buffer>();
  return (nth) => {
    const known = kept.get(nth);
    if (known) {
      kept.delete(nth);
      kept.set(nth, known);
      return known;
    }
    const read = zstdDecompressSync(packed[nth] as Buffer);
    kept.set(nth, read);
    const [oldest] = kept.keys();
    if (kept.size > blocksKeptOpen && oldest !== undefined) kept.delete(oldest);
    return read;
  };
}

function at(list: ArrayLike<number>, i: number): number {
  const found = list[i];
  if (found === undefined) throw new RangeError(`The log has no event ${i}.`);
  return found;
}
