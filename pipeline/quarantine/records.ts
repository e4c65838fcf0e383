// What lies in a tenant's quarantine and what became of it; looked at without values, unless somebody may see them.
import { Fault } from '@tessera/base';
import type { Mended, QuarantinedRecord, TenantLake } from '@tessera/lakehouse';

export interface QuarantineItem extends Omit<QuarantinedRecord, 'record' | 'given' | 'at'> {
  readonly at: string;
  readonly state: 'waiting' | Mended['how'];
  readonly bytes: number;
}

/** All of it, oldest first, without a value of any record. */
export async function listQuarantine(lake: TenantLake): Promise<readonly QuarantineItem[]> {
  const mended = await lake.quarantine.mended();
  const items = (await lake.quarantine.list()).map((record) => itemOf(record, mended.get(record.id)));
  return items.sort((a, b) => (a.at === b.at ? a.id.localeCompare(b.id) : a.at < b.at ? -1 : 1));
}

export function itemOf({ record, given: _, at, ...told }: QuarantinedRecord, mended?: Mended): QuarantineItem {
  return { ...told, at: at.toISOString(), state: mended?.how ?? 'waiting', bytes: Buffer.byteLength(record) };
}

/** The record, or RECORD_UNKNOWN: one of another tenant is one that is not there. */
export async function findRecord(lake: TenantLake, id: string): Promise<QuarantinedRecord> {
  const record = (await lake.quarantine.list()).find((candidate) => candidate.id === id);
  if (record === undefined) throw new Fault('RECORD_UNKNOWN', { tenant: lake.tenant, length: id.length });
  return record;
}

/** The record's shape: names of fields as programs write them, and each value as the name of its type. */
export function outlineRecord(text: string): unknown {
  try {
    return outline(JSON.parse(text), 0);
  } catch {
    return 'no JSON';
  }
}

const deepest = 12;
const isName = /^[A-Za-z_@$][A-Za-z0-9_.-]{0,63}$/;

function outline(value: unknown, depth: number): unknown {
  if (value === null) return null;
  if (typeof value !== 'object') return typeof value;
  if (depth === deepest) return '…';
  if (Array.isArray(value)) return value.length === 0 ? [] : [outline(value[0], depth + 1), `${value.length} in all`];
  // A name may be a value: of a map by e-mail address, say.
  const fields = Object.entries(value).filter(([name]) => isName.test(name));
  const hidden = Object.keys(value).length - fields.length;
  const shown = fields.slice(0, 200).map(([name, inner]) => [name, outline(inner, depth + 1)]);
  return { ...Object.fromEntries(shown), ...(hidden > 0 ? { '…': `${hidden} more` } : {}) };
}
