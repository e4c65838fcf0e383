// Checksums of data files: Parquet as DuckDB writes and reads it has none, and a bit that has turned would be a wrong number.
import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Fault } from '@tessera/base';
import type { AddFile } from './actions.ts';
import type { TableFiles } from './table-files.ts';

/** Of an `add`: CRC-32 of the file's bytes. Files of other writers have none and are read as they are. */
export const checksumTag = 'tessera.crc32';

const chunkBytes = 262_144;
/** Files found to be good, with what the disk said of them then: each is read through once a process, and again where it was touched. */
const good = new Map<string, string>();
/** 300 tenants with half a year of history have some 20,000. */
const mostRemembered = 50_000;

function remember(path: string, now: string): void {
  // A tenth at a time: to forget all would have all of them read through again by the next round.
  if (good.size >= mostRemembered)
    for (const known of [...good.keys()].slice(0, mostRemembered / 10)) good.delete(known);
  good.set(path, now);
}

/** CRC-32 of a local file, in hexadecimal. */
export async function fileChecksum(path: string): Promise<string> {
  // Most files are small, and are read at once; memory outside of the heap brings a collection of all of it: with a megabyte for each file, however small, a start took 995 MB of buffers.
  if (statSync(path).size <= chunkBytes) return hexOf(crc32(readFileSync(path)));
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let sum = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, null);
      if (bytesRead === 0) return hexOf(sum);
      sum = crc32(buffer.subarray(0, bytesRead), sum);
    }
  } finally {
    await handle.close();
  }
}

const hexOf = (sum: number) => sum.toString(16).padStart(8, '0');

/** TABLE_FILE_DAMAGED where the file is not the one that the log names. */
export async function checkFile(where: TableFiles, add: AddFile, path: string): Promise<void> {
  const wanted = add.tags?.[checksumTag];
  if (wanted === undefined) return;
  const { size, mtimeMs, ctimeMs, ino } = statSync(path);
  const now = `${wanted} ${size} ${mtimeMs} ${ctimeMs} ${ino}`;
  if (good.get(path) === now) return;
  if (size !== add.size || (await fileChecksum(path)) !== wanted)
    throw new Fault('TABLE_FILE_DAMAGED', { table: where.table });
  remember(path, now);
}
