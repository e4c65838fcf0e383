// What lies beside a serving file and makes it count: which release it is, what it was made for and from, and whether it was compared.
import { createHash, createHmac } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tenant } from '@tessera/base';
import type { Release, ServedCopy } from './contract.ts';
import { parseRelease } from './releases.ts';
import type { ServingSettings } from './serving.ts';

export interface ServingNote {
  readonly release: Release;
  readonly changedFrom: ServedCopy['changedFrom'];
  readonly isCompared?: true;
}

/** `folderOf`: where a tenant's files lie. */
export function createServingNotes(
  { tables = {}, maskKeyOf }: Pick<ServingSettings, 'tables' | 'maskKeyOf'>,
  folderOf: (tenant: Tenant) => string,
) {
  const pathOf = (tenant: Tenant, release: number) => join(folderOf(tenant), `${release}.json`);
  /** Of the tables and of the key behind their tokens (told by a hash that is made of it for nothing else). */
  async function signatureOf(tenant: Tenant): Promise<string> {
    const key = await maskKeyOf?.(tenant);
    const told = createHash('sha256').update(JSON.stringify(tables));
    if (key !== undefined) told.update(createHmac('sha256', key).update('serving-file').digest());
    return told.digest('hex').slice(0, 16);
  }

  return {
    /** Undefined where the file does not count: it has no note, or was made for other tables than are wanted now. */
    async read(tenant: Tenant, release: number): Promise<ServingNote | undefined> {
      const text = await readFile(pathOf(tenant, release), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const { signature, ...note } = JSON.parse(text);
      if (signature !== (await signatureOf(tenant))) return undefined;
      return { ...note, release: parseRelease(new TextEncoder().encode(JSON.stringify(note.release))) };
    },
    async write(tenant: Tenant, note: ServingNote): Promise<ServingNote> {
      const path = pathOf(tenant, note.release.number);
      await writeFile(`${path}.partial`, JSON.stringify({ signature: await signatureOf(tenant), ...note }));
      await rename(`${path}.partial`, path);
      return note;
    },
    remove: (tenant: Tenant, release: number) => rm(pathOf(tenant, release), { force: true }),
  };
}
