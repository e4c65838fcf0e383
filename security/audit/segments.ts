// The files of one chain: segments named by their first sequence number, read line by line.
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { AuditLine } from './record.ts';

export interface Segment {
  readonly file: string;
  /** Sequence number of its first record. */
  readonly first: number;
}

export const segmentName = (first: number): string => `${String(first).padStart(12, '0')}.jsonl`;

/** The chain's segments in order; none where there is no chain. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => /^\d{12}\.jsonl$/.test(name))
    .sort()
    .map((name) => ({ file: path.join(folder, name), first: Number(name.slice(0, 12)) }));
}

/** The segments that hold records from `sequence` on. */
export const segmentsFrom = (segments: readonly Segment[], sequence: number): readonly Segment[] =>
  segments.filter((_, at) => (segments[at + 1]?.first ?? Number.POSITIVE_INFINITY) > sequence);

/** The lines of a segment, as text; a last line without its end is a line, too. */
export async function* readLines(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 });
  try {
    // A record never holds a line end of its own, so only ours split.
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) yield line;
  } finally {
    stream.destroy();
  }
}

/** The line as data, or undefined where it is none. Hashes are not looked at. */
export function parseLine(text: string): AuditLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<AuditLine> | null;
    return typeof line?.record?.sequence === 'number' && typeof line.hash === 'string' && line.payload
      ? (line as AuditLine)
      : undefined;
  } catch {
    return undefined;
  }
}
