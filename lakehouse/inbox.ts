// What vendors sent without being asked, from its receipt until it is in bronze: durable before it is acknowledged, one object a delivery.
import { createHash } from 'node:crypto';
import { Fault, type FaultCode, type SourceName, type Tenant } from '@tessera/base';
import type { Delivery, Inbox, ObjectKey, ObjectStore, WaitingDelivery } from './contract.ts';
import { tenantKey } from './keys.ts';
import type { SealedObjects } from './sealed-objects.ts';

/** Objects `inbox/<source>/<stream>/<sha256 of the body>.json`, sealed as raw pages are: one line of facts, then the exact bytes. */
export function openInbox(store: SealedObjects, remove: ObjectStore['delete'], tenant: Tenant): Inbox {
  const keyOf = (source: SourceName, stream: string, name: string) => tenantKey(tenant, 'inbox', source, stream, name);
  /** One that cannot be read stays where it is, and does not keep the others waiting. */
  async function read(key: ObjectKey, damaged: (fault: Fault) => void = () => {}): Promise<Delivery | undefined> {
    try {
      const stored = await store.get(key);
      return stored && parse(key, stored);
    } catch (error) {
      if (!(error instanceof Fault) || !unreadable.has(error.code)) throw error;
      damaged(error);
      return undefined;
    }
  }
  return {
    async put(source, stream, delivery) {
      const id = createHash('sha256').update(delivery.body).digest('hex');
      const key = keyOf(source, stream, `${id}.json`);
      // The same bytes again, while the first wait, are the same delivery.
      if ((await read(key)) === undefined) await store.put(key, render(delivery));
      return id;
    },
    async list(source, stream, most, damaged) {
      const found: WaitingDelivery[] = [];
      for await (const key of store.keys(keyOf(source, stream, ''))) {
        if (found.length >= most) break;
        const delivery = await read(key, damaged);
        if (delivery !== undefined) found.push({ ...delivery, id: idOf(key) });
      }
      return found;
    },
    remove: (source, stream, id) => remove(keyOf(source, stream, `${id}.json`)),
    async waiting() {
      const found = { deliveries: 0, bytes: 0 };
      for await (const { bytes } of store.list(tenantKey(tenant, 'inbox', ''))) {
        found.deliveries += 1;
        found.bytes += bytes;
      }
      return found;
    },
  };
}

const unreadable: ReadonlySet<FaultCode> = new Set<FaultCode>(['SEAL_BROKEN', 'RAW_PAGE_CORRUPT']);
const idOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1, -'.json'.length);

function render({ receivedAt, records, body }: Delivery): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ receivedAt, records })}\n`), body]);
}

function parse(key: string, stored: Uint8Array): Delivery {
  const end = stored.indexOf(10);
  const body = stored.subarray(end + 1);
  // A disk that gives other bytes than were written gives another hash.
  if (end < 0 || createHash('sha256').update(body).digest('hex') !== idOf(key)) {
    throw new Fault('RAW_PAGE_CORRUPT', { key });
  }
  const told = JSON.parse(new TextDecoder().decode(stored.subarray(0, end))) as { receivedAt: string; records: number };
  return { receivedAt: new Date(told.receivedAt), records: told.records, body };
}
