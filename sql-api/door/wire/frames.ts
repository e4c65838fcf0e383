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
  /** The whole messages of this letter that come next, as one piece; undefined where the next one is another, or not whole. */
  nextAll(letter: number): Buffer | undefined;
  push(chunk: Buffer): void;
  /** From now on messages have a letter, and may be as long as `limit`. */
  typed(limit: number): void;
  /** Bytes that no message was made of yet. */
  readonly rest: number;
}

/** Starts with messages without a letter, of at most `limit` bytes. Chunks are joined once a message, not once a chunk. */
export function createFrameReader(limit: number): FrameReader {
  let chunks: Buffer[] = [];
  /** Bytes of the first chunk that were given already. */
  let at = 0;
  let have = 0;
  let header = 0;
  let most = limit;

  /** The first chunk, of which this many bytes are not given yet: joined with those behind it where it is shorter. */
  const first = (size: number): Buffer => {
    const [one] = chunks;
    if (one && one.length - at >= size) return one;
    const joined = Buffer.concat(one ? [one.subarray(at), ...chunks.slice(1)] : []);
    chunks = [joined];
    at = 0;
    return joined;
  };
  const sizeAt = (bytes: Buffer, place: number): number => {
    const length = bytes.readUInt32BE(place + header);
    if (length < 4 || length > most) throw new ProtocolError('invalid message length');
    return header + length;
  };
  const given = (size: number): void => {
    at += size;
    have -= size;
    if (chunks[0] && at < chunks[0].length) return;
    chunks.shift();
    at = 0;
  };

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
      const size = sizeAt(first(header + 4), at);
      if (have < size) return undefined;
      const bytes = first(size).subarray(at, at + size);
      given(size);
      return { type: header === 1 ? String.fromCharCode(bytes[0] ?? 0) : '', bytes };
    },
    nextAll(letter) {
      const [one] = chunks;
      if (!one) return undefined;
      let end = at;
      while (one.length - end >= header + 4 && one[end] === letter) {
        const next = end + sizeAt(one, end);
        if (next > one.length) break;
        end = next;
      }
      if (end === at) return undefined;
      const bytes = one.subarray(at, end);
      given(bytes.length);
      return bytes;
    },
  };
}
