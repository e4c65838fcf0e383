// Takes a person out of a tenant's trail: overwrites the erasable part of their records in place. The chain stays whole, and the erasure is an act in it.
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Tenant } from '@tessera/base';
import type { Audit } from './contract.ts';
import { listSegments, parseLine, readLines } from './segments.ts';

export interface EraseRequest {
  readonly folder: string;
  readonly tenant: Tenant;
  readonly subject: string;
  /** Who asks for it. */
  readonly by: string;
  readonly audit: Audit;
}

interface Place {
  readonly file: string;
  readonly writer: string;
  readonly sequence: number;
  /** Of the payload, in bytes. */
  readonly offset: number;
  readonly payload: Buffer;
}

/** Records in one act: their numbers must fit into its list. */
const mostPerAct = 150;

/** Erases every record of the subject that is there now; answers how many. Each batch is an act of its own, so it may be stopped and run again. */
export async function eraseSubject({ folder, tenant, subject, by, audit }: EraseRequest): Promise<number> {
  let erased = 0;
  let batch: Place[] = [];
  const eraseBatch = async () => {
    const places = batch;
    batch = [];
    await audit.sensitive(
      {
        tenant,
        action: 'audit.erase',
        door: 'cli',
        subject: by,
        rows: places.length,
        members: places.map(({ writer, sequence }) => `${writer}:${sequence}`),
      },
      async ({ sequence }) => {
        for (const place of places) await overwrite(place, `cli:${sequence}`);
      },
    );
    erased += places.length;
  };
  const own = path.join(folder, tenant);
  for (const writer of await readdir(own).catch(() => [])) {
    for (const { file } of await listSegments(path.join(own, writer))) {
      for await (const place of findSubject(file, writer, subject)) {
        batch.push(place);
        if (batch.length === mostPerAct) await eraseBatch();
      }
    }
  }
  if (batch.length > 0) await eraseBatch();
  return erased;
}

async function* findSubject(file: string, writer: string, subject: string): AsyncGenerator<Place> {
  let offset = 0;
  for await (const text of readLines(file)) {
    const line = parseLine(text);
    if (line && 'subject' in line.payload && line.payload.subject === subject) {
      const cut = text.indexOf(',"payload":{') + ',"payload":'.length;
      yield {
        file,
        writer,
        sequence: line.record.sequence,
        offset: offset + Buffer.byteLength(text.slice(0, cut)),
        payload: Buffer.from(text.slice(cut, -1)),
      };
    }
    offset += Buffer.byteLength(text) + 1;
  }
}

/** Same length, so that nothing else in the file moves while another process may be adding to it. */
async function overwrite({ file, offset, payload }: Place, act: string): Promise<void> {
  const tombstone = `{"erased":"${act}"`.padEnd(payload.length - 1, ' ');
  const handle = await open(file, 'r+');
  try {
    const { buffer } = await handle.read(Buffer.alloc(payload.length), 0, payload.length, offset);
    // A tail that was taken back meanwhile was never acknowledged.
    if (!buffer.equals(payload)) return;
    await handle.write(`${tombstone}}`, offset);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
