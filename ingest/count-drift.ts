// Counts what the vendor sends that nobody declared: unknown top-level fields, and optional values that do not fit their column.
import type { EngineSession } from '@tessera/lakehouse';
import type { StreamFacts } from './define-connector.ts';
import { pathSteps, pathsOf, sqlText } from './record-sql.ts';

/** Of a larger batch every eighth record is looked at for unknown fields: a field that is new comes often. */
const lookAtAll = 5000;

/** Field or problem → number of records in batch_rows. */
export async function countDrift(
  session: EngineSession,
  stream: StreamFacts,
  records: number,
): Promise<Record<string, number>> {
  const every = records > lookAtAll ? 'where rowid % 8 = 0' : '';
  const misfits = `select unnest(string_split(_misfit, '; ')) as field from batch_rows where _misfit is not null`;
  const first = (path: string) => pathSteps(path)?.[0] ?? /^\$\.(?:"([^"]+)"|(\w+))/.exec(path)?.slice(1).find(Boolean);
  const expected = new Set(
    [
      ...Object.values(stream.columns).flatMap(pathsOf),
      ...(stream.deletedBy === undefined ? [] : [stream.deletedBy]),
    ].map(first),
  );
  for (const name of stream.alsoKnown ?? []) expected.add(name);
  const list = [...expected].filter((name) => name !== undefined).map(sqlText);
  const unknown = `select '$.' || field as field from (select unnest(json_keys(_record)) as field from batch_rows ${every}) where field not in (${list.join(', ')})`;
  const all = stream.alsoKnown === undefined || list.length === 0 ? misfits : `${misfits} union all ${unknown}`;
  const rows = await session.query(`select field, count(*) as n from (${all}) group by field order by field limit 100`);
  return Object.fromEntries(rows.map((row) => [String(row.field), Number(row.n)]));
}
