// Secrets of connections, sealed under their tenant's key: `<folder>/<tenant>.json`, one entry a name.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Fault, type Tenant } from '@tessera/base';
import { z } from 'zod';
import type { Keyring, SecretStore } from './contract.ts';
import { inFolder, readPrivate, writePrivate } from './private-files.ts';

const fileSchema = z.record(z.string(), z.strictObject({ sealed: z.base64(), setAt: z.string() }));
type SecretFile = z.infer<typeof fileSchema>;

export const secretName = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/;

/** SECRET_INVALID for a name that is none or an empty value; the value is in no message. */
export function createSecretStore(
  folder: string,
  keyring: Pick<Keyring, 'seal' | 'open'>,
  now: () => Date = () => new Date(),
): SecretStore {
  const fileOf = (tenant: Tenant) => path.join(folder, `${tenant}.json`);
  async function read(tenant: Tenant): Promise<SecretFile> {
    const content = await readPrivate(fileOf(tenant));
    if (content === undefined) return {};
    try {
      return fileSchema.parse(JSON.parse(content));
    } catch (cause) {
      throw new Fault('SEAL_BROKEN', { label: `secrets of ${tenant}` }, { cause });
    }
  }
  const checkName = (name: string) => {
    if (!secretName.test(name))
      throw new Fault('SECRET_INVALID', {
        problem: 'a name is letters, digits, . _ -, begins with a letter, at most 100',
      });
  };

  return {
    async set(tenant, name, value) {
      checkName(name);
      if (value.trim() === '') throw new Fault('SECRET_INVALID', { problem: 'the value is empty' });
      const sealed = await keyring.seal(tenant, 'secret', name, Buffer.from(value.trim()));
      const entry = { sealed: Buffer.from(sealed).toString('base64'), setAt: now().toISOString() };
      await inFolder(folder, async () =>
        writePrivate(fileOf(tenant), JSON.stringify({ ...(await read(tenant)), [name]: entry })),
      );
    },
    list: async (tenant) =>
      Object.entries(await read(tenant))
        .map(([name, { setAt }]) => ({ name, setAt }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    remove: (tenant, name) =>
      inFolder(folder, async () => {
        const entries = await read(tenant);
        if (!Object.hasOwn(entries, name)) return false;
        const { [name]: _, ...kept } = entries;
        await writePrivate(fileOf(tenant), JSON.stringify(kept));
        return true;
      }),
    async read(tenant, name) {
      const entries = await read(tenant);
      const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
      if (entry === undefined) return undefined;
      return Buffer.from(await keyring.open(tenant, 'secret', name, Buffer.from(entry.sealed, 'base64'))).toString(
        'utf8',
      );
    },
    forget: (tenant) => inFolder(folder, () => rm(fileOf(tenant), { force: true })),
  };
}
