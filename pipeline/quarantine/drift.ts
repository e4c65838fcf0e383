// Drift of a tenant's streams, remembered: names, types and counts of what vendors send and nobody declared. No values.
import type { Clock, Observe, SourceName } from '@tessera/base';
import type { SeenDrift } from '@tessera/ingest';
import type { DriftedField, TenantLake } from '@tessera/lakehouse';

/** A part that is staged again is one of the last. */
const rememberedParts = 8;

/** Takes what staging sees of a stream, part by part. A field that was not known before is told. */
export function driftOf(
  { lake, observe, now }: { readonly lake: TenantLake; readonly observe: Observe; readonly now: Clock },
  source: SourceName,
  stream: string,
  run: string,
): (seen: SeenDrift) => Promise<void> {
  const { tenant } = lake;
  return async (seen) => {
    const fields = (await rememberDrift(lake, source, stream, seen, run, now())).length;
    if (fields > 0) observe({ event: 'drift.found', tenant, source, stream, fields });
  };
}

/** Adds what a part has; the same part again adds nothing. The fields that were not known before. */
async function rememberDrift(
  lake: TenantLake,
  source: SourceName,
  stream: string,
  { part, drift, driftTypes }: SeenDrift,
  run: string,
  now: Date,
): Promise<readonly string[]> {
  const name = `${source}.${stream}`;
  const before = (await lake.drift.get(name))?.fields ?? {};
  const fields: Record<string, DriftedField> = { ...before };
  for (const [field, records] of Object.entries(drift)) {
    const known = before[field];
    const parts = known?.parts ?? [];
    const told = parts.find(([one]) => one === part)?.[1] ?? 0;
    fields[field] = {
      type: driftTypes[field] ?? known?.type ?? null,
      records: (known?.records ?? 0) - told + records,
      firstSeen: known?.firstSeen ?? now.toISOString(),
      run,
      parts: [[part, records] as const, ...parts.filter(([one]) => one !== part)].slice(0, rememberedParts),
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
