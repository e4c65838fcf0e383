// Small JSON objects of one tenant by name: dead letters, run records, what an operator ordered. Not for rows.
import type { Tenant } from '@tessera/base';
import type { Documents, ObjectStore } from './contract.ts';
import { type Area, tenantKey } from './keys.ts';

const atOnce = 16;

/** Documents under `tenant-<id>/<area>/<name>.json`. A put replaces; each is whole or not there. */
export function openDocuments<T>(store: ObjectStore, tenant: Tenant, area: Area): Documents<T> {
  const keyOf = (name: string) => tenantKey(tenant, area, `${name}.json`);
  const parse = (body: Uint8Array): T => JSON.parse(new TextDecoder().decode(body)) as T;
  return {
    put: (name, value) => store.put(keyOf(name), new TextEncoder().encode(JSON.stringify(value))),
    async get(name) {
      const body = await store.get(keyOf(name));
      return body === undefined ? undefined : parse(body);
    },
    async list(newest) {
      const keys = [];
      for await (const key of store.keys(tenantKey(tenant, area, ''))) if (key.endsWith('.json')) keys.push(key);
      const wanted = newest === undefined ? keys : keys.slice(Math.max(0, keys.length - newest));
      const found: T[] = [];
      for (let i = 0; i < wanted.length; i += atOnce) {
        const bodies = await Promise.all(wanted.slice(i, i + atOnce).map((key) => store.get(key)));
        for (const body of bodies) if (body !== undefined) found.push(parse(body));
      }
      return found;
    },
    remove: (name) => store.delete(keyOf(name)),
  };
}
