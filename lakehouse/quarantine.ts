// Records that could not be taken, each with its reason, so that nothing is lost by being wrong.
import { createHash } from 'node:crypto';
import type { Tenant } from '@tessera/base';
import type { Quarantine, Quarantined } from './contract.ts';
import { rawPageStem, tenantKey } from './keys.ts';
import type { SealedObjects } from './sealed-objects.ts';

/** JSON lines objects under `quarantine/<source>/<stream>/`. The same records of a page put again make the same object, not a second one. */
export function openQuarantine(store: Pick<SealedObjects, 'put' | 'get' | 'list'>, tenant: Tenant): Quarantine {
  return {
    async put(records) {
      const pages = Map.groupBy(records, (r) => `${r.source}/${r.stream}/${rawPageStem(r.run, r.page)}`);
      for (const group of pages.values()) {
        const [first] = group;
        if (first === undefined) continue;
        const lines = group.map((record) => `${JSON.stringify(record)}\n`).join('');
        // The time of the attempt is not part of what was found.
        const found = JSON.stringify(group.map((r) => [r.reason, r.record]));
        const name = createHash('sha256').update(found).digest('hex').slice(0, 16);
        const stem = rawPageStem(first.run, first.page);
        const key = tenantKey(tenant, 'quarantine', first.source, first.stream, `${stem}-${name}.jsonl`);
        await store.put(key, new TextEncoder().encode(lines));
      }
    },

    async list() {
      const all: Quarantined[] = [];
      for await (const { key } of store.list(tenantKey(tenant, 'quarantine', ''))) {
        const body = await store.get(key);
        for (const line of new TextDecoder().decode(body).split('\n').filter(Boolean)) {
          const record = JSON.parse(line) as Quarantined & { readonly at: string };
          all.push({ ...record, at: new Date(record.at) });
        }
      }
      return all;
    },
  };
}
