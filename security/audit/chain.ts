// One chain on disk: recovers where it stood, and appends lines so that they are there or are not, never half.
import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '@tessera/base';
import { type HeadSigner, syncFolder } from './head.ts';
import { type ChainEnd, chainStart } from './record.ts';
import { listSegments, parseLine, readLines, segmentName, segmentsFrom } from './segments.ts';

export interface Recovered {
  readonly end: ChainEnd;
  /** Intents without an outcome: whoever was at work when the process died. */
  readonly dangling: readonly number[];
  /** Records that no head had signed yet. */
  readonly adopted: number;
  /** Bytes of a half-written last line that were taken away. */
  readonly dropped: number;
}

export interface Chain {
  readonly recovered: Recovered;
  /** Writes and syncs the lines; after a failure the chain is as before. */
  write(text: string, firstSequence: number): Promise<void>;
}

/**
 * Opens the chain in `folder`. Reads only what was written since the last signed head. AUDIT_BROKEN where the chain is not the one that was signed:
 * nothing is written to it then.
 */
export async function openChain(folder: string, signer: HeadSigner, segmentBytes: number): Promise<Chain> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncFolder(path.dirname(folder));
  const recovered = await recover(folder, signer);
  const last = (await listSegments(folder)).at(-1);
  let file = last?.file;
  let size = file ? await open(file, 'r').then(sizeOf) : 0;
  let isDirty = false;

  return {
    recovered,
    async write(text, firstSequence) {
      // What a failed write left behind was never acknowledged.
      if (isDirty && file) await truncate(file, size);
      isDirty = false;
      if (file === undefined || size >= segmentBytes) {
        file = path.join(folder, segmentName(firstSequence));
        size = 0;
      }
      const bytes = Buffer.from(text);
      isDirty = true;
      const handle = await open(file, 'a', 0o600);
      try {
        if (size === 0) {
          await handle.truncate(0);
          await syncFolder(folder);
        }
        await handle.appendFile(bytes);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      isDirty = false;
      size += bytes.length;
    },
  };
}

async function sizeOf(handle: Awaited<ReturnType<typeof open>>): Promise<number> {
  try {
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

async function recover(folder: string, signer: HeadSigner): Promise<Recovered> {
  const signed = await readFile(path.join(folder, 'head.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const head = signed === undefined ? undefined : signer.read(signed);
  if (signed !== undefined && !head) throw broken(folder, 0, 'its head is not signed by this store');
  const anchored = head?.count ?? 0;
  const segments = segmentsFrom(await listSegments(folder), Math.max(anchored, 1));
  const dangling = new Set(head?.open ?? []);
  let end: ChainEnd = chainStart;
  let dropped = 0;

  for (const [at, { file, first }] of segments.entries()) {
    if (at === 0) end = { ...chainStart, sequence: first - 1 };
    const handle = await open(file, 'r');
    const bytes = await sizeOf(handle);
    let read = 0;
    for await (const text of readLines(file)) {
      const line = parseLine(text);
      const length = Buffer.byteLength(text) + 1;
      const isTorn = !line || read + length > bytes;
      if (isTorn && at === segments.length - 1 && read + length >= bytes && end.sequence >= anchored) {
        dropped = bytes - read;
        await truncate(file, read);
        break;
      }
      if (isTorn || line.record.sequence !== end.sequence + 1 || (end.hash !== '' && line.record.prev !== end.hash))
        throw broken(folder, end.sequence + 1, 'this record does not follow the one before');
      read += length;
      end = { sequence: line.record.sequence, hash: line.hash, at: line.record.at };
      if (end.sequence === anchored && end.hash !== head?.hash)
        throw broken(folder, anchored, 'this record is not the one that was signed');
      if (end.sequence <= anchored) continue;
      if (line.record.kind === 'intent') dangling.add(end.sequence);
      if (line.record.of !== undefined) dangling.delete(line.record.of);
    }
  }
  if (end.sequence < anchored) throw broken(folder, end.sequence + 1, `${anchored} records were signed`);
  return { end, dangling: [...dangling], adopted: end.sequence - anchored, dropped };
}

const broken = (folder: string, sequence: number, problem: string) =>
  new Fault('AUDIT_BROKEN', { chain: path.basename(path.dirname(folder)), sequence, problem });
