// Reading one tenant's trail in the order of time, with filters, a segment's line at a time: never the whole of it.
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { nobody } from './contract.ts';
import type { AuditLine, AuditPayload } from './record.ts';
import { listSegments, parseLine, readLines, type Segment, segmentsFrom } from './segments.ts';

export interface AuditFilter {
  /** Undefined: acts of nobody in particular. */
  readonly tenant: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly decision?: string | undefined;
  /** Where an earlier page ended (`next`). */
  readonly after?: string | undefined;
}

/** One act as it is shown. */
export type AuditItem = Omit<AuditLine['record'], 'prev' | 'payload'> &
  Partial<Omit<AuditPayload, 'salt'>> & {
    /** The act that erased who it was. */
    readonly erased?: string;
  };

export interface AuditPage {
  readonly items: readonly AuditItem[];
  /** Give it as `after` to read on; undefined at the end. */
  readonly next: string | undefined;
}

/** At most `most` acts that fit, oldest first. */
export async function readAuditPage(folder: string, filter: AuditFilter, most: number): Promise<AuditPage> {
  const items: AuditItem[] = [];
  const seen = parseCursor(filter.after);
  for await (const item of readAudit(folder, filter)) {
    if (items.length === most) return { items, next: writeCursor(seen) };
    items.push(item);
    seen.set(item.writer, item.sequence);
  }
  return { items, next: undefined };
}

/** The newest `most` acts that fit, newest first; `next` is undefined. Reads what fits from `since` on and never holds more than twice as many. */
export async function readNewestAudit(folder: string, filter: AuditFilter, most: number): Promise<AuditPage> {
  let items: AuditItem[] = [];
  for await (const item of readAudit(folder, filter)) {
    items.push(item);
    if (items.length >= 2 * most) items = items.slice(-most);
  }
  return { items: items.slice(-most).reverse(), next: undefined };
}

/** Every act that fits, oldest first. */
export async function* readAudit(folder: string, filter: AuditFilter): AsyncGenerator<AuditItem> {
  const own = path.join(folder, filter.tenant ?? nobody);
  const writers = await readdir(own).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const seen = parseCursor(filter.after);
  const streams = writers.map((writer) => readChain(path.join(own, writer), (seen.get(writer) ?? 0) + 1, filter));
  const heads = await Promise.all(streams.map(async (stream) => ({ stream, item: await nextOf(stream) })));
  try {
    for (;;) {
      const first = heads.filter(({ item }) => item).sort((a, b) => order(a.item, b.item))[0];
      if (!first?.item) return;
      yield first.item;
      first.item = await nextOf(first.stream);
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}

const nextOf = async (stream: AsyncGenerator<AuditItem>): Promise<AuditItem | undefined> => {
  const { value, done } = await stream.next();
  return done ? undefined : value;
};
const order = (a: AuditItem | undefined, b: AuditItem | undefined) => ((a?.at ?? '') < (b?.at ?? '') ? -1 : 1);

async function* readChain(folder: string, from: number, filter: AuditFilter): AsyncGenerator<AuditItem> {
  const since = filter.since?.toISOString() ?? '';
  const until = filter.until?.toISOString();
  for (const { file } of await skipEarlier(segmentsFrom(await listSegments(folder), from), since)) {
    for await (const text of readLines(file)) {
      const line = parseLine(text);
      if (!line || line.record.sequence < from || line.record.at < since) continue;
      // Time never goes back within a chain.
      if (until !== undefined && line.record.at >= until) return;
      if (fits(line, filter)) yield present(line);
    }
  }
}

/** Leaves out segments that end before `since`: those whose successor begins before it. */
async function skipEarlier(segments: readonly Segment[], since: string): Promise<readonly Segment[]> {
  if (since === '') return segments;
  let first = 0;
  for (let at = 1; at < segments.length; at++) {
    const begins = await firstTime(segments[at]?.file ?? '');
    if (begins === undefined || begins >= since) break;
    first = at;
  }
  return segments.slice(first);
}

async function firstTime(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
    return parseLine(buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? '')?.record.at;
  } finally {
    await handle.close();
  }
}

function fits({ record, payload }: AuditLine, { action, subject, decision }: AuditFilter): boolean {
  if (action !== undefined && record.action !== action) return false;
  if (decision !== undefined && record.decision !== decision) return false;
  return subject === undefined || ('subject' in payload && payload.subject === subject);
}

function present({ record: { prev: _, payload: __, ...record }, payload }: AuditLine): AuditItem {
  if ('erased' in payload) return { ...record, erased: payload.erased };
  const { salt: ___, ...who } = payload;
  return { ...record, ...who };
}

/** `server:12,cli:3` */
function parseCursor(text: string | undefined): Map<string, number> {
  const parts = [...(text ?? '').matchAll(/([a-z]+):(\d{1,15})/g)];
  return new Map(parts.map(([, writer = '', sequence]) => [writer, Number(sequence)]));
}
const writeCursor = (seen: ReadonlyMap<string, number>) =>
  [...seen].map(([writer, sequence]) => `${writer}:${sequence}`).join(',');
