// In charge of rows between the engine, which is not kept waiting, and a client, who may be slow: a little in memory, the rest in a file without a name.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '@tessera/base';

/** Rows as arrays that PostgreSQL takes, one a column. */
export interface Part {
  readonly rows: number;
  readonly arrays: readonly Buffer[];
}

export interface Spool {
  /** Resolves when the part is kept. SQL_ANSWER_TOO_LARGE where the file would grow beyond its limit. */
  put(part: Part): Promise<void>;
  /** Nothing more comes; with a fault, that is what the taker gets after the last part. */
  end(fault?: Fault): void;
  /** The next part; waits for it. Undefined at the end. */
  take(): Promise<Part | undefined>;
  /** Lets go of everything; may be called at any time. */
  close(): void;
}

export interface SpoolLimits {
  readonly heldBytes: number;
  readonly fileBytes: number;
}
const defaults: SpoolLimits = { heldBytes: 4 * 1_048_576, fileBytes: 1_073_741_824 };

interface Kept {
  readonly rows: number;
  readonly held: readonly Buffer[] | undefined;
  readonly at: number;
  readonly lengths: readonly number[];
}

export function createSpool(folder: string, { heldBytes, fileBytes }: SpoolLimits = defaults): Spool {
  const queue: Kept[] = [];
  let held = 0;
  let written = 0;
  let file: Promise<FileHandle> | undefined;
  let over: { readonly fault: Fault | undefined } | undefined;
  let isClosed = false;
  let wake = () => {};

  const closeFile = () => {
    void file?.then((handle) => handle.close()).catch(() => {});
    file = undefined;
  };
  const sizeOf = (arrays: readonly Buffer[]) => arrays.reduce((sum, { length }) => sum + length, 0);

  async function toFile({ rows, arrays }: Part): Promise<void> {
    const bytes = Buffer.concat(arrays);
    const at = written;
    if (at + bytes.length > fileBytes)
      throw new Fault('SQL_ANSWER_TOO_LARGE', { megabytes: Math.floor(fileBytes / 1e6) });
    written += bytes.length;
    file ??= openNameless(folder);
    const handle = await file;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
    queue.push({ rows, held: undefined, at, lengths: arrays.map(({ length }) => length) });
  }

  async function fromFile({ rows, at, lengths }: Kept): Promise<Part> {
    const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
    const handle = await file;
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead = 0 } = (await handle?.read(bytes, done, bytes.length - done, at + done)) ?? {};
      // A file that became shorter is no shorter answer.
      if (bytesRead === 0) throw new Fault('INTERNAL', {});
      done += bytesRead;
    }
    let start = 0;
    const arrays = lengths.map((length) => {
      start += length;
      return bytes.subarray(start - length, start);
    });
    return { rows, arrays };
  }

  return {
    async put(part) {
      if (isClosed) return;
      const size = sizeOf(part.arrays);
      if (held + size > heldBytes) await toFile(part);
      else {
        held += size;
        queue.push({ rows: part.rows, held: part.arrays, at: 0, lengths: [] });
      }
      wake();
    },
    end(fault) {
      over ??= { fault };
      wake();
    },
    async take() {
      for (;;) {
        if (isClosed) throw new Fault('QUERY_CANCELLED', {});
        const next = queue.shift();
        if (next?.held) {
          held -= sizeOf(next.held);
          return { rows: next.rows, arrays: next.held };
        }
        if (next) return fromFile(next);
        if (over?.fault) throw over.fault;
        if (over) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close() {
      isClosed = true;
      queue.length = 0;
      closeFile();
      wake();
    },
  };
}

/** Gone with its last handle, however this process ends. */
async function openNameless(folder: string): Promise<FileHandle> {
  const name = path.join(folder, `rows-${randomUUID()}`);
  const handle = await open(name, 'wx+', 0o600);
  await unlink(name);
  return handle;
}
