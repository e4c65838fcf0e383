// The keyring: each tenant's data key, wrapped, in a file of its own. A key is in memory as long as its file is what it was.
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Fault, isTenant, type Tenant } from '@tessera/base';
import { z } from 'zod';
import type { Keyring, KeyStatus, MasterKey } from './contract.ts';
import { inFolder, readPrivate, stampOf, writePrivate } from './private-files.ts';
import { type DataKey, deriveKey, newDataKey, openBytes, sealBytes } from './sealed-bytes.ts';

const activeSchema = z.strictObject({
  state: z.literal('active'),
  id: z.base64(),
  master: z.string(),
  wrapped: z.base64(),
  madeAt: z.string(),
});
/** All that is left of an erased key; it stays, so that the name never gets another. */
const erasedSchema = z.strictObject({ state: z.literal('erased'), madeAt: z.string(), erasedAt: z.string() });
const fileSchema = z.discriminatedUnion('state', [activeSchema, erasedSchema]);
type KeyFile = z.infer<typeof fileSchema>;
type ActiveFile = z.infer<typeof activeSchema>;

export interface KeyringNeeds {
  /** Holds `tenants/<tenant>.json`. */
  readonly folder: string;
  readonly master: MasterKey;
  /** Another master key that may still wrap some; a rotation moves those to `master`. */
  readonly earlier?: MasterKey | undefined;
  readonly now?: () => Date;
}

interface Loaded {
  readonly stamp: string;
  readonly dataKey: DataKey;
  readonly derived: Map<string, Uint8Array>;
}

/** Makes nothing until something is sealed or derived. Another process's erasure or rotation is noticed at the next use: the file is looked at each time. */
export function createKeyring({ folder, master, earlier, now = () => new Date() }: KeyringNeeds): Keyring {
  const tenants = path.join(folder, 'tenants');
  const fileOf = (tenant: Tenant) => path.join(tenants, `${tenant}.json`);
  const loaded = new Map<Tenant, Loaded>();

  const masterFor = (name: string): MasterKey => {
    const found = [master, earlier].find((one) => one && name.startsWith(`${one.kind}:`));
    if (!found) throw new Fault('MASTER_KEY_MISSING', { place: name.split(':')[0] ?? 'unknown' });
    return found;
  };

  async function readFile(tenant: Tenant): Promise<KeyFile | undefined> {
    const content = await readPrivate(fileOf(tenant));
    if (content === undefined) return undefined;
    try {
      return fileSchema.parse(JSON.parse(content));
    } catch (cause) {
      throw new Fault('SEAL_BROKEN', { label: `data key of ${tenant}` }, { cause });
    }
  }
  const writeFile = (tenant: Tenant, file: KeyFile) => writePrivate(fileOf(tenant), JSON.stringify(file));

  const unwrap = (tenant: Tenant, { master: by, wrapped }: ActiveFile) =>
    masterFor(by).unwrap(tenant, { master: by, bytes: Buffer.from(wrapped, 'base64') });

  async function make(tenant: Tenant): Promise<void> {
    await inFolder(folder, async () => {
      if ((await stampOf(fileOf(tenant))) !== undefined) return;
      const { id, key } = newDataKey();
      const wrapped = await master.wrap(tenant, key);
      await writeFile(tenant, {
        state: 'active',
        id: base64(id),
        master: wrapped.master,
        wrapped: base64(wrapped.bytes),
        madeAt: now().toISOString(),
      });
    });
  }

  async function load(tenant: Tenant, label: string, mayMake: boolean): Promise<Loaded> {
    const stamp = await stampOf(fileOf(tenant));
    const known = loaded.get(tenant);
    if (known !== undefined && known.stamp === stamp) return known;
    loaded.delete(tenant);
    if (stamp === undefined) {
      // Whatever was sealed was sealed by a key that is not here: a new one could not open it.
      if (!mayMake) throw new Fault('SEAL_BROKEN', { label });
      await make(tenant);
      return load(tenant, label, false);
    }
    const file = await readFile(tenant);
    if (file === undefined) throw new Fault('SEAL_BROKEN', { label });
    if (file.state === 'erased') throw new Fault('KEY_ERASED', { tenant });
    let key: Uint8Array;
    try {
      key = await unwrap(tenant, file);
    } catch (error) {
      // A rotation ended between the two reads: the master key that wrapped what was read is gone, and the file is another by now.
      if ((await stampOf(fileOf(tenant))) !== stamp) return load(tenant, label, false);
      throw error;
    }
    const dataKey = { id: Buffer.from(file.id, 'base64'), key };
    const fresh = { stamp, dataKey, derived: new Map() };
    loaded.set(tenant, fresh);
    return fresh;
  }

  function derivedKey({ dataKey, derived }: Loaded, info: string): Uint8Array {
    const known = derived.get(info) ?? deriveKey(dataKey.key, info);
    derived.set(info, known);
    return known;
  }
  const sealingKey = (from: Loaded, purpose: string): DataKey => ({
    id: from.dataKey.id,
    key: derivedKey(from, `seal|${purpose}`),
  });
  // A slug and a purpose hold no bar, so no two triples give the same text.
  const contextOf = (tenant: Tenant, purpose: string, label: string) => `${tenant}|${purpose}|${label}`;

  const known = async (): Promise<readonly (readonly [Tenant, KeyFile])[]> => {
    await mkdir(tenants, { recursive: true, mode: 0o700 });
    const names = (await readdir(tenants)).flatMap((name) => /^([^.].*)\.json$/.exec(name)?.[1] ?? []);
    const files = await Promise.all(
      names
        .filter(isTenant)
        .sort()
        .map(async (tenant) => [tenant, await readFile(tenant)] as const),
    );
    return files.flatMap(([tenant, file]) => (file === undefined ? [] : [[tenant, file] as const]));
  };

  return {
    async check() {
      await master.check();
      await earlier?.check();
    },
    async seal(tenant, purpose, label, plain) {
      const key = sealingKey(await load(tenant, label, true), purpose);
      return sealBytes(key, contextOf(tenant, purpose, label), plain);
    },
    async open(tenant, purpose, label, sealed) {
      const key = sealingKey(await load(tenant, label, false), purpose);
      return openBytes(key, contextOf(tenant, purpose, label), sealed, label);
    },
    async derive(tenant, use) {
      return Uint8Array.from(derivedKey(await load(tenant, use, true), `derive|${tenant}|${use}`));
    },
    async wrapped(tenant) {
      const file = await readFile(tenant);
      return file?.state === 'active' ? JSON.stringify(file) : undefined;
    },
    adopt: (tenant, wrapped) =>
      inFolder(folder, async () => {
        const there = await readFile(tenant);
        if (there?.state === 'erased') throw new Fault('KEY_ERASED', { tenant });
        if (there !== undefined) return;
        const file = parseWrapped(wrapped);
        if (file === undefined) throw new Fault('SEAL_BROKEN', { label: `data key of ${tenant}` });
        await unwrap(tenant, file);
        await writeFile(tenant, file);
      }),
    rotate: () =>
      inFolder(folder, async () => {
        await master.renew();
        let count = 0;
        for (const [tenant, file] of await known()) {
          if (file.state === 'erased') continue;
          const wrapped = await master.wrap(tenant, await unwrap(tenant, file));
          await writeFile(tenant, { ...file, master: wrapped.master, wrapped: base64(wrapped.bytes) });
          count++;
        }
        const inUse = new Set((await known()).flatMap(([, file]) => (file.state === 'active' ? [file.master] : [])));
        await master.retire(inUse);
        await earlier?.retire(inUse);
        return { tenants: count };
      }),
    erase: (tenant) =>
      inFolder(folder, async () => {
        const file = await readFile(tenant);
        if (file?.state === 'erased') return;
        const at = now().toISOString();
        // Also where there was no key: the name is dead from now on.
        await writeFile(tenant, { state: 'erased', madeAt: file?.madeAt ?? at, erasedAt: at });
        loaded.delete(tenant);
      }),
    async status() {
      return (await known()).map(
        ([tenant, file]): KeyStatus => ({
          tenant,
          state: file.state,
          master: file.state === 'active' ? file.master : '',
          madeAt: file.madeAt,
          erasedAt: file.state === 'erased' ? file.erasedAt : undefined,
        }),
      );
    },
  };
}

function parseWrapped(text: string): ActiveFile | undefined {
  try {
    return activeSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** True where no key was ever made in the folder. */
export async function hasNoKeys(folder: string): Promise<boolean> {
  const names = await readdir(path.join(folder, 'tenants')).catch(() => []);
  return !names.some((name) => name.endsWith('.json'));
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
