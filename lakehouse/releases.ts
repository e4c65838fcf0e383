// Published releases of one tenant: numbered without gaps, each written once.
import { createHash } from 'node:crypto';
import { Fault, type Tenant } from '@tessera/base';
import type { ObjectStore, Release, Releases } from './contract.ts';
import { releaseKey, tenantKey } from './keys.ts';

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** With a digest of all the rest, so that a digit that has turned on a disk is no other version of a table. */
function encodeRelease(release: Release): Uint8Array {
  const text = JSON.stringify(release);
  return new TextEncoder().encode(`${text.slice(0, -1)},"digest":"${digestOf(text)}"}`);
}
function readJson(text: string): (Release & { readonly at: string; readonly asOf: string }) | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** RELEASE_DAMAGED where it is not as it was written; releases of before there were digests are taken as they are. */
export function parseRelease(body: Uint8Array): Release {
  const text = new TextDecoder().decode(body);
  const [, rest, digest] = /^([\s\S]*),"digest":"([0-9a-f]{64})"\}$/.exec(text) ?? [];
  const isWhole = digest === undefined ? !text.includes('"digest"') : digestOf(`${rest}}`) === digest;
  const stored = isWhole ? readJson(rest === undefined ? text : `${rest}}`) : undefined;
  if (stored === undefined) throw new Fault('RELEASE_DAMAGED', {});
  return { ...stored, at: new Date(stored.at), asOf: new Date(stored.asOf) };
}

/** The tenant's releases. `publish` refuses any number but the next (RELEASE_TAKEN): who lost the race builds upon the winner's. */
export function openReleases(
  store: ObjectStore,
  tenant: Tenant,
  fence: () => number | undefined = () => undefined,
): Releases {
  // Where to start looking for the newest; it may lag behind and is never believed to be the newest itself.
  const hintKey = tenantKey(tenant, 'releases', 'newest-hint');
  let newest: Release | undefined;

  async function get(number: number): Promise<Release | undefined> {
    if (!Number.isSafeInteger(number) || number < 1) return undefined;
    const body = await store.get(releaseKey(tenant, number));
    return body === undefined ? undefined : parseRelease(body);
  }

  async function startingPoint(): Promise<Release | undefined> {
    const hint = await store.get(hintKey);
    const hinted = hint === undefined ? undefined : await get(Number(new TextDecoder().decode(hint)));
    if (hinted !== undefined) return hinted;
    let highest = 0;
    for await (const key of store.keys(tenantKey(tenant, 'releases', ''))) {
      const number = /\/(\d+)\.json$/.exec(key);
      if (number) highest = Math.max(highest, Number(number[1]));
    }
    return get(highest);
  }

  async function latest(): Promise<Release | undefined> {
    let found = newest ?? (await startingPoint());
    for (;;) {
      const next = await get((found?.number ?? 0) + 1);
      if (next === undefined) break;
      found = next;
    }
    newest = found;
    return found;
  }

  return {
    latest,
    get,
    async publish(unfenced) {
      const held = fence();
      const release = held === undefined ? unfenced : { ...unfenced, fence: held };
      const newestBefore = await latest();
      const before = newestBefore?.number ?? 0;
      if (held !== undefined && newestBefore?.fence !== undefined && newestBefore.fence > held)
        throw new Fault('LEASE_LOST', { tenant, fence: held, newest: newestBefore.fence });
      const next = release.number === before + 1;
      if (!next || !(await store.putIfAbsent(releaseKey(tenant, release.number), encodeRelease(release)))) {
        throw new Fault('RELEASE_TAKEN', { release: release.number });
      }
      newest = release;
      await store.put(hintKey, new TextEncoder().encode(String(release.number)));
    },
  };
}
