// In charge of cutting a stream of bytes into PostgreSQL messages, with a limit to each before a byte of it is kept.

export class ProtocolError extends Error {
  readonly code = '08P01';
}

export interface Frame {
  /** The letter; empty for a message of the start, which has none. */
  readonly type: string;
  /** The whole message, letter and length included. */
  readonly bytes: Buffer;
}

export interface FrameReader {
  /** The next whole message, if it is there. ProtocolError where its length cannot be. */
  next(): Frame | undefined;
  push(chunk: Buffer): void;
  /** From now on messages have a letter, and may be as long as `limit`. */
  typed(limit: number): void;
  /** Bytes that no message was made of yet. */
  readonly rest: number;
}

/** Starts with messages without a letter, of at most `limit` bytes. Chunks are joined once a message, not once a chunk. */
export function createFrameReader(limit: number): FrameReader {
  let chunks: Buffer[] = [];
  let have = 0;
  let header = 0;
  let most = limit;

  const whole = (): Buffer => {
    const [first] = chunks;
    if (chunks.length === 1 && first) return first;
    const joined = Buffer.concat(chunks);
    chunks = joined.length > 0 ? [joined] : [];
    return joined;
  };
  const peek = (): Buffer => (chunks[0] && chunks[0].length >= header + 4 ? chunks[0] : whole());

  return {
    get rest() {
      return have;
    },
    push(chunk) {
      if (chunk.length === 0) return;
      chunks.push(chunk);
      have += chunk.length;
    },
    typed(longer) {
      header = 1;
      most = longer;
    },
    next() {
      if (have < header + 4) return undefined;
      const length = peek().readUInt32BE(header);
      if (length < 4 || length > most) throw new ProtocolError('invalid message length');
      const size = header + length;
      if (have < size) return undefined;
      const all = whole();
      const bytes = all.subarray(0, size);
      chunks = size < all.length ? [all.subarray(size)] : [];
      have -= size;
      return { type: header === 1 ? String.fromCharCode(bytes[0] ?? 0) : '', bytes };
    },
  };
}
