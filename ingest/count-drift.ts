// Counts what the vendor sends that nobody declared: unknown top-level fields, and optional values that do not fit their column.
import type { EngineSession } from '@tessera/lakehouse';
import { type BatchFacts, inSample } from './batch-sql.ts';
import type { StreamFacts } from './define-connector.ts';
import { pathSteps, pathsOf, sqlText } from './record-sql.ts';

/** Of a larger batch every eighth record is kept whole and looked at for unknown fields: a field that is new comes often. What is counted is then the estimate for all. */
const lookAtAll = 5000;
export const lookAtOneIn = (records: number): number => (records > lookAtAll ? 8 : 1);

export interface Drift {
  /** Field or problem → number of records in batch_rows. */
  readonly drift: Record<string, number>;
  /** Unknown field → JSON type of its newest value. */
  readonly driftTypes: Record<string, string>;
}

export async function countDrift(
  session: EngineSession,
  stream: StreamFacts,
  records: number,
  { marker, wholeOneIn }: Pick<BatchFacts, 'marker' | 'wholeOneIn'>,
): Promise<Drift> {
  const share = wholeOneIn ?? 1;
  const misfits = `select unnest(string_split(_misfit, '; ')) as field, null::VARCHAR as type, 1 as counts from batch_rows where _misfit is not null`;
  const first = (path: string) => pathSteps(path)?.[0] ?? /^\$\.(?:"([^"]+)"|(\w+))/.exec(path)?.slice(1).find(Boolean);
  const expected = new Set(
    [
      ...Object.values(stream.columns).flatMap(pathsOf),
      ...(stream.deletedBy === undefined ? [] : [stream.deletedBy]),
    ].map(first),
  );
  for (const name of stream.alsoKnown ?? []) expected.add(name);
  const list = [...expected].filter((name) => name !== undefined).map(sqlText);
  // A field's name is the vendor's own text: it is bound into a pointer, never into a path that has a language.
  const pointer = `'/' || replace(replace(field, '~', '~0'), '/', '~1')`;
  const unknown = `select '$.' || field as field, json_type(_record, ${pointer}) as type, ${share} as counts
from (select _record, unnest(json_keys(_record)) as field from batch_rows where ${inSample(share)}) where field not in (${list.join(', ')})${
    // A name with half a character is none that anybody could promote; its record is in quarantine.
    marker === undefined ? '' : ` and not contains(field, ${sqlText(marker)})`
  }`;
  const all = stream.alsoKnown === undefined || list.length === 0 ? misfits : `${misfits} union all ${unknown}`;
  const rows = await session.query(
    `select field, least(sum(counts), ${records}) as n, last(type) as type from (${all}) group by field order by field limit 100`,
  );
  return {
    drift: Object.fromEntries(rows.map((row) => [String(row.field), Number(row.n)])),
    driftTypes: Object.fromEntries(
      rows.flatMap((row) => (row.type == null ? [] : [[String(row.field), String(row.type)]])),
    ),
  };
}
