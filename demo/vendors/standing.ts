// Records as they stand at an instant.
import { type Json, recordAt, type Versioned } from '../world.ts';

/** All records that exist at `at`, in the order of the list. */
export function standing(list: readonly Versioned<Json>[], at: Date): Json[] {
  const records: Json[] = [];
  for (const versioned of list) {
    const record = recordAt(versioned, at);
    if (record) records.push(record);
  }
  return records;
}

/** One record by id, or undefined when it does not exist (any more, or yet). */
export function standingById(list: readonly Versioned<Json>[]): (id: string, at: Date) => Json | undefined {
  const byId = new Map(list.map((versioned) => [versioned.id, versioned]));
  return (id, at) => {
    const versioned = byId.get(id);
    return versioned && recordAt(versioned, at);
  };
}

/** Opaque name of a place in a list, for the page that follows it. */
export const positionToken = (records: readonly { readonly id?: unknown }[], index: number): string =>
  Buffer.from(`${index}|${records[index]?.id}`).toString('base64url');

/** Index after the named record, wherever it stands now; the end when it is gone and its place too. */
export function positionAfter(records: readonly { readonly id?: unknown }[], token: string): number {
  const [index = '', ...rest] = Buffer.from(token, 'base64url').toString().split('|');
  const id = rest.join('|');
  if (`${records[Number(index)]?.id}` === id) return Number(index) + 1;
  const found = records.findIndex((record) => `${record.id}` === id);
  if (found >= 0) return found + 1;
  return Number.isInteger(Number(index)) ? Math.min(Number(index), records.length) : records.length;
}

/** The value at a dotted path; members that are absent or null end it with undefined. */
export function at(record: unknown, path: string): unknown {
  let value: unknown = record;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Json)[name];
  }
  return value ?? undefined;
}

/** Milliseconds of a vendor's timestamp, offsets without a colon included; undefined when it is none. */
export function instant(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined;
  const ms = Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : ms;
}
