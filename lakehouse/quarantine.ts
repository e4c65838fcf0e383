// Records that could not be taken, each with its reason, so that nothing is lost by being wrong; and what became of them.
import { createHash } from 'node:crypto';
import type { Tenant } from '@tessera/base';
import type { Mended, Quarantine, Quarantined, QuarantinedRecord } from './contract.ts';
import { rawPageStem, tenantKey } from './keys.ts';
import type { SealedObjects } from './sealed-objects.ts';

/** `copy` counts equal records of one page, which are as many as they are. */
const idOf = ({ source, stream, run, page, record }: Quarantined, copy: number): string =>
  createHash('sha256')
    .update(JSON.stringify([source, stream, rawPageStem(run, page), record, copy]))
    .digest('hex')
    .slice(0, 24);

/**
 * JSON lines objects under `quarantine/<source>/<stream>/`: the same records of a page put again make the same object, not a second one. What became of a
 * record is an object of its own under `quarantine/mended/`, which holds no value of it.
 */
export function openQuarantine(store: Pick<SealedObjects, 'put' | 'get' | 'keys'>, tenant: Tenant): Quarantine {
  async function* objects(prefix: readonly string[], end: string): AsyncGenerator<string> {
    for await (const key of store.keys(tenantKey(tenant, 'quarantine', ...prefix, ''))) {
      const body = key.endsWith(end) ? await store.get(key) : undefined;
      if (body !== undefined) yield new TextDecoder().decode(body);
    }
  }
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
      const all = new Map<string, QuarantinedRecord>();
      for await (const text of objects([], '.jsonl')) {
        const copies = new Map<string, number>();
        for (const line of text.split('\n').filter(Boolean)) {
          const record = JSON.parse(line) as Quarantined & { readonly at: string };
          const copy = copies.get(record.record) ?? 0;
          copies.set(record.record, copy + 1);
          const id = idOf(record, copy);
          // Read again by other rules, one page may be found twice; its last reason counts, its id stays.
          all.set(id, { ...record, at: new Date(record.at), id });
        }
      }
      return [...all.values()];
    },

    mend: (mended) =>
      store.put(
        tenantKey(tenant, 'quarantine', 'mended', `${mended.id}.json`),
        new TextEncoder().encode(JSON.stringify(mended)),
      ),
    async mended() {
      const all = new Map<string, Mended>();
      for await (const text of objects(['mended'], '.json')) {
        const mended = JSON.parse(text) as Mended;
        all.set(mended.id, mended);
      }
      return all;
    },
  };
}
