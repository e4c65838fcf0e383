// A master key in a file of this machine: `master.json` beside the keys it wraps, readable by its owner alone.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Fault, type Tenant } from '@tessera/base';
import { z } from 'zod';
import type { MasterKey } from './contract.ts';
import { readPrivate, writePrivate } from './private-files.ts';
import { openBytes, sealBytes } from './sealed-bytes.ts';

const fileSchema = z.strictObject({
  current: z.number().int().positive(),
  versions: z.record(z.string().regex(/^\d+$/), z.base64()),
});
type MasterFile = z.infer<typeof fileSchema>;

const nameOf = (version: number | string) => `local:${version}`;
const context = (tenant: Tenant) => `${tenant}|data-key`;

/** `isFirst` tells whether nothing was wrapped yet: only then a missing file is made, since a lost one must not be replaced in silence. */
export function createLocalMaster(folder: string, isFirst: () => Promise<boolean>): MasterKey {
  const file = path.join(folder, 'master.json');

  async function read(): Promise<MasterFile | undefined> {
    const content = await readPrivate(file);
    if (content === undefined) return undefined;
    const parsed = fileSchema.safeParse(readJson(content));
    if (!parsed.success) throw new Fault('MASTER_KEY_MISSING', { place: file });
    return parsed.data;
  }
  async function readOrMake(): Promise<MasterFile> {
    const known = await read();
    if (known !== undefined) return known;
    if (!(await isFirst())) throw new Fault('MASTER_KEY_MISSING', { place: file });
    const made = { current: 1, versions: { 1: newKey() } };
    await writePrivate(file, JSON.stringify(made));
    return made;
  }
  const keyOf = ({ versions }: MasterFile, version: string) => {
    const key = versions[version];
    if (key === undefined) throw new Fault('MASTER_KEY_MISSING', { place: `${file}, version ${version}` });
    return { id: Buffer.from(version.padStart(8, '0')), key: Buffer.from(key, 'base64') };
  };

  return {
    kind: 'local',
    async check() {
      await read();
    },
    async wrap(tenant, key) {
      const master = await readOrMake();
      const version = String(master.current);
      return { master: nameOf(version), bytes: sealBytes(keyOf(master, version), context(tenant), key) };
    },
    async unwrap(tenant, { master, bytes }) {
      const known = await read();
      if (known === undefined) throw new Fault('MASTER_KEY_MISSING', { place: file });
      return openBytes(keyOf(known, master.slice('local:'.length)), context(tenant), bytes, `data key of ${tenant}`);
    },
    async renew() {
      const known = await readOrMake();
      const next = known.current + 1;
      await writePrivate(file, JSON.stringify({ current: next, versions: { ...known.versions, [next]: newKey() } }));
    },
    async retire(inUse) {
      const known = await read();
      if (known === undefined) return;
      const kept = Object.entries(known.versions).filter(
        ([version]) => Number(version) === known.current || inUse.has(nameOf(version)),
      );
      if (kept.length < Object.keys(known.versions).length)
        await writePrivate(file, JSON.stringify({ ...known, versions: Object.fromEntries(kept) }));
    },
  };
}

const newKey = () => randomBytes(32).toString('base64');

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
