// Drift of a tenant's streams, remembered: names, types and counts of what vendors send and nobody declared. No values.
import type { SourceName } from '@tessera/base';
import type { StreamReport } from '@tessera/ingest';
import type { DriftedField, TenantLake } from '@tessera/lakehouse';

/** Adds what a run has seen; the same run again adds nothing. The number of fields that were not known before. */
export async function rememberDrift(
  lake: TenantLake,
  source: SourceName,
  { stream, drift, driftTypes }: Pick<StreamReport, 'stream' | 'drift' | 'driftTypes'>,
  run: string,
  now: Date,
): Promise<readonly string[]> {
  if (Object.keys(drift).length === 0) return [];
  const name = `${source}.${stream}`;
  const before = (await lake.drift.get(name))?.fields ?? {};
  const fields: Record<string, DriftedField> = { ...before };
  for (const [field, records] of Object.entries(drift)) {
    const known = before[field];
    fields[field] = {
      type: driftTypes?.[field] ?? known?.type ?? null,
      records: known?.run === run ? known.records : (known?.records ?? 0) + records,
      firstSeen: known?.firstSeen ?? now.toISOString(),
      run,
    };
  }
  await lake.drift.put(name, { source, stream, fields });
  return Object.keys(drift).filter((field) => before[field] === undefined);
}

/** The column that a connector would declare to take the field from now on. */
export function promotion(field: string, type: string | null): { readonly name: string; readonly column: object } {
  const own = field.replace(/^\$\./, '');
  const name = own
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .toLowerCase();
  const path = /^\w+$/.test(own) ? field : `$."${own}"`;
  return { name, column: { type: columnTypes[type ?? ''] ?? 'JSON', path, about: 'What it is, in one sentence.' } };
}
const columnTypes: Readonly<Record<string, string>> = {
  VARCHAR: 'VARCHAR',
  BOOLEAN: 'BOOLEAN',
  BIGINT: 'BIGINT',
  UBIGINT: 'BIGINT',
  DOUBLE: 'DOUBLE',
};
